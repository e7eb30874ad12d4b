import { Text } from 'ink';
import { memo } from 'react';
import { dashed } from '../accounts/user-json.ts';
import type { UserQuery } from '../store/user-filters.ts';
import type { Order, UserSort } from '../store/user-order.ts';
import type { User } from '../store/users.ts';
import { fit, minute } from '../text.ts';
import { type Symbols, useSymbols } from './symbols.ts';

export type Flag = 'isActive' | 'isSuperuser';

type Column = {
  title: string;
  width: number;
  sort?: UserSort;
  flag?: Flag;
  text: (user: User) => string;
};

/** What a row begins with: whether it is chosen and whether it is marked. */
export const markerOf = (isChosen: boolean, isMarked: boolean, { marker }: Symbols): string =>
  `${isChosen ? marker : ' '}${isMarked ? '*' : ' '}`;
export const markerWidth = 2;
/** What separates two columns. */
export const gap = '  ';
/** The automatic account has to be told apart at every width. */
const leastName = 25;
const mostName = 64;

export const flagText = (flag: boolean): string => (flag ? '[x]' : '[ ]');

/** In order of importance: what has no room is left out from the end. */
const columns: readonly Column[] = [
  { title: 'Active', width: 6, sort: 'active', flag: 'isActive', text: user => flagText(user.isActive) },
  {
    title: 'Superuser',
    width: 9,
    sort: 'superuser',
    flag: 'isSuperuser',
    text: user => flagText(user.isSuperuser),
  },
  { title: 'Created', width: 16, sort: 'created', text: user => minute(user.createdAt) },
  { title: 'Updated', width: 16, sort: 'updated', text: user => minute(user.updatedAt) },
  {
    title: 'Last login',
    width: 16,
    sort: 'last_login',
    text: user => (user.lastLoginAt ? minute(user.lastLoginAt) : 'never'),
  },
  { title: 'Id', width: 36, text: user => dashed(user.id) },
];

export type TablePlan = {
  name: { title: string; width: number; sort: UserSort };
  others: readonly Column[];
};

/** Which columns a terminal of this width shows; the username takes what is left. */
export const planTable = (width: number): TablePlan => {
  let room = width - markerWidth - leastName;
  const others: Column[] = [];
  for (const column of columns) {
    room -= gap.length + column.width;
    if (room < 0) break;
    others.push(column);
  }
  const used = others.reduce((sum, column) => sum + gap.length + column.width, markerWidth);
  return {
    name: { title: 'Username', width: Math.min(mostName, width - used), sort: 'username' },
    others,
  };
};

/** A flag stands in the middle of its column, everything else at its left. */
export const cellOf = (column: Column, user: User): string => {
  const text = column.text(user);
  const indent = column.flag ? Math.floor((column.width - text.length) / 2) : 0;
  return fit(' '.repeat(indent) + text, column.width);
};

const arrowOf = (order: Order, { above, below }: Symbols): string => (order === 'asc' ? above : below);

/** The arrow stands in the gap where the title fills its column. */
const head = (
  { title, width, sort }: Pick<Column, 'title' | 'width' | 'sort'>,
  ordered: UserSort,
  arrow: string,
): string => fit(sort === ordered ? title + arrow : title, width + gap.length);

/** The order, where its column has no room: `by Last login ↓`. */
export const orderText = (
  { name, others }: TablePlan,
  { sort, order }: UserQuery,
  symbols: Symbols,
): string => {
  if ([name, ...others].some(column => column.sort === sort)) return '';
  return `by ${columns.find(column => column.sort === sort)?.title} ${arrowOf(order, symbols)}`;
};

type HeadProps = { plan: TablePlan; sort: UserSort; order: Order };

export const TableHead = memo(({ plan, sort, order }: HeadProps) => {
  const arrow = arrowOf(order, useSymbols());
  return (
    <Text wrap="truncate" bold>
      {' '.repeat(markerWidth)}
      {[plan.name, ...plan.others]
        .map(column => head(column, sort, arrow))
        .join('')
        .trimEnd()}
    </Text>
  );
});
