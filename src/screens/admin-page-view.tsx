import { Box, Text } from 'ink';
import { useMemo } from 'react';
import { fit, grouped, printable, widthOf } from '../text.ts';
import type { AdminPage, Search } from './admin-page.ts';
import type { Console } from './console.ts';
import { FieldValue } from './form-view.tsx';
import { Frame } from './frame.tsx';
import { adminKeys, searchKeys } from './keymap.ts';
import type { Size } from './layer.ts';
import { positionOf } from './list-state.ts';
import { useObservable } from './observable.ts';
import { valueOfInput } from './text-input.ts';
import type { UserListState } from './user-list.ts';
import { orderText, planTable, TableHead, type TablePlan, UserRow } from './user-table.tsx';

type Props = { console: Console; page: AdminPage; size: Size };

/** The list of users: one line each, never more than the screen holds. */
export const AdminPageView = ({ console, page, size }: Props) => {
  const state = useObservable(page.list.state);
  const chosenFlag = useObservable(page.chosenFlag);
  const search = useObservable(page.search);
  const { list, query } = state;
  const { autoLogin } = console.accounts.settings;
  const plan = useMemo(() => planTable(size.columns, autoLogin), [size.columns, autoLogin]);
  return (
    <Frame console={console} size={size} title="Admin Page" keymap={search.typing ? searchKeys : adminKeys}>
      <InfoLine search={search} state={state} plan={plan} width={size.columns} />
      <TableHead plan={plan} sort={query.sort} order={query.order} />
      <Box flexDirection="column">
        {list.users.slice(list.top, list.top + list.height).map(({ user }, index) => (
          <UserRow
            key={user.id}
            user={user}
            plan={plan}
            chosen={list.top + index === list.cursor ? chosenFlag : undefined}
          />
        ))}
        {list.users.length === 0 && <Text wrap="truncate">{emptyText(query.search)}</Text>}
      </Box>
    </Frame>
  );
};

const emptyText = (search: string | undefined): string =>
  search === undefined
    ? '  There is no user yet. n adds one.'
    : '  No username has that in it. esc clears the search.';

type InfoProps = { search: Search; state: UserListState; plan: TablePlan; width: number };

/** The search on the left, `1,204 of 1,000,000` on the right; `…` where it is not counted yet. */
const InfoLine = ({ search, state, plan, width }: InfoProps) => {
  const position = state.list.users.length === 0 ? 0 : positionOf(state.list);
  const count = (value: number | undefined): string => (value === undefined ? '…' : grouped(value));
  const right = `${orderText(plan, state.query)}${count(position)} of ${count(state.total)}`;
  const room = width - widthOf(right) - 4;
  const typed = printable(valueOfInput(search.input));
  return (
    <Text wrap="truncate">
      {search.typing ? ' /' : ' '}
      {search.typing ? (
        <FieldValue input={search.input} masked={false} hasFocus room={room} />
      ) : (
        fit(typed && `/${typed}`, room + 1)
      )}
      {` ${right}`}
    </Text>
  );
};
