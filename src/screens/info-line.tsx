import { Text } from 'ink';
import { fit, grouped, printable, widthOf } from '../text.ts';
import type { Search } from './admin-page.ts';
import { FieldValue } from './form-view.tsx';
import { positionOf } from './list-state.ts';
import { filterWords, type Marks, marksText } from './marks.ts';
import { useSymbols } from './symbols.ts';
import { valueOfInput } from './text-input.ts';
import type { UserListState } from './user-list.ts';
import { orderText, type TablePlan } from './user-table.tsx';

type InfoProps = { search: Search; state: UserListState; marks: Marks; plan: TablePlan; width: number };

/** Cells for the search, whatever else there is to say. */
const leastSearch = 10;

/**
 * The filter and the search on the left; on the right how many are marked, the order where no column shows it, and
 * `1,204 of 1,000,000`, with `…` where it is not counted yet.
 */
export const InfoLine = ({ search, state: { list, query, total }, marks, plan, width }: InfoProps) => {
  const symbols = useSymbols();
  const position = list.rows.length === 0 ? 0 : positionOf(list);
  const count = (value: number | undefined): string =>
    value === undefined ? symbols.unknown : grouped(value);
  const typed = printable(valueOfInput(search.input), symbols.unprintable);
  const separator = ` ${symbols.separator} `;
  const place = [orderText(plan, query, symbols), `${count(position)} of ${count(total)}`]
    .filter(Boolean)
    .join(separator);
  const filter = query.filter ? ` only ${filterWords[query.filter]}` : '';
  const free = width - widthOf(filter) - widthOf(place) - 4;
  const needed = search.typing || typed ? leastSearch : 0;
  const marked = marksText(marks, query, total, free - needed - separator.length);
  const right = marked ? marked + separator + place : place;
  const room = Math.max(0, free - (widthOf(right) - widthOf(place)));
  return (
    <Text wrap="truncate">
      {filter}
      {search.typing ? ' /' : ' '}
      {search.typing ? (
        <FieldValue input={search.input} masked={false} hasFocus room={room} />
      ) : (
        fit(typed && `/${typed}`, room + 1, symbols.cut)
      )}
      {` ${right}`}
    </Text>
  );
};
