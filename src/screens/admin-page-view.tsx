import { Box, Text } from 'ink';
import { useMemo } from 'react';
import type { UserMatch } from '../store/user-filters.ts';
import type { PlacedUser } from '../store/user-lists.ts';
import type { AdminPage } from './admin-page.ts';
import type { Console } from './console.ts';
import { Frame } from './frame.tsx';
import { InfoLine } from './info-line.tsx';
import { adminKeys, searchKeys } from './keymap.ts';
import type { Size } from './layer.ts';
import { shownRows } from './list-state.ts';
import { isMarked } from './marks.ts';
import { useObservable } from './observable.ts';
import { UserRow } from './user-row.tsx';
import { planTable, TableHead } from './user-table.tsx';

type Props = { console: Console; page: AdminPage; size: Size };

/** The list of users: one line each, never more than the screen holds. */
export const AdminPageView = ({ console, page, size }: Props) => {
  const state = useObservable(page.shown);
  const chosenFlag = useObservable(page.chosenFlag);
  const search = useObservable(page.search);
  const { list, query } = state;
  const marks = useObservable(page.marks);
  const plan = useMemo(() => planTable(size.columns), [size.columns]);
  return (
    <Frame console={console} size={size} title="Admin Page" keymap={search.typing ? searchKeys : adminKeys}>
      <InfoLine search={search} state={state} marks={marks} plan={plan} width={size.columns} />
      <TableHead plan={plan} sort={query.sort} order={query.order} />
      <Box flexDirection="column">
        {shownRows(list).map((placed, index) => (
          <UserRow
            key={placed.user.id}
            user={placed.user}
            plan={plan}
            chosen={list.top + index === list.cursor ? chosenFlag : undefined}
            isMarked={isMarked(marks, placed.user)}
            remark={remarkOf(console, placed)}
            search={query.search ?? ''}
          />
        ))}
        {list.rows.length === 0 && <Text wrap="truncate">{emptyText(query)}</Text>}
      </Box>
    </Frame>
  );
};

/** A name to be doubted has a mark; what the mark means, the details say. */
const remarkOf = ({ accounts }: Console, placed: PlacedUser): string =>
  [accounts.isDoubtful(placed) ? '!' : '', accounts.remarkOn(placed.user)].filter(Boolean).join(' ');

const emptyText = ({ search, filter }: UserMatch): string => {
  if (search !== undefined)
    return `  No ${filter ? 'such user' : 'username'} has that in it. esc clears the search.`;
  return filter ? '  Nobody is that. esc shows all users.' : '  There is no user yet. n adds one.';
};
