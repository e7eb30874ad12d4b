import { Text } from 'ink';
import { memo } from 'react';
import { dashed } from '../accounts/user-json.ts';
import type { Order, UserSort } from '../store/user-order.ts';
import type { User } from '../store/users.ts';
import { fit, minute, printable } from '../text.ts';
import { theme } from './theme.ts';

export type Flag = 'isActive' | 'isSuperuser';

type Column = {
  title: string;
  width: number;
  sort?: UserSort;
  flag?: Flag;
  text: (user: User) => string;
};

/** The marker of the chosen row, and what separates two columns. */
const marker = '› ';
const gap = '  ';
const leastName = 16;
const mostName = 40;

const flagText = (flag: boolean): string => (flag ? '[x]' : '[ ]');

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

export type TablePlan = { name: Column; others: readonly Column[] };

/** Which columns a terminal of this width shows; the username takes what is left. */
export const planTable = (width: number, autoLogin: boolean): TablePlan => {
  let room = width - marker.length - leastName;
  const others: Column[] = [];
  for (const column of columns) {
    room -= gap.length + column.width;
    if (room < 0) break;
    others.push(column);
  }
  const used = others.reduce((sum, column) => sum + gap.length + column.width, marker.length);
  const name = { title: 'Username', width: Math.min(mostName, width - used), sort: 'username' as const };
  return { name: { ...name, text: user => shownName(user, autoLogin) }, others };
};

const shownName = (user: User, autoLogin: boolean): string => {
  const name = printable(user.username);
  return user.isAutomatic ? `${name} ${autoLogin ? 'automatic' : 'automatic (off)'}` : name;
};

/** A flag stands in the middle of its column, everything else at its left. */
const cell = (column: Column, text: string): string => {
  const indent = column.flag ? Math.floor((column.width - text.length) / 2) : 0;
  return fit(' '.repeat(indent) + text, column.width);
};

/** The arrow of the order stands in the gap where the title fills its column. */
const head = ({ title, width, sort }: Column, ordered: UserSort, order: Order): string => {
  const arrow = order === 'asc' ? '↑' : '↓';
  const marked = title.length + 2 > width ? `${title}${arrow}` : `${title} ${arrow}`;
  return fit(sort === ordered ? marked : title, width + gap.length);
};

export const TableHead = ({ plan, sort, order }: { plan: TablePlan; sort: UserSort; order: Order }) => (
  <Text wrap="truncate" bold>
    {' '.repeat(marker.length)}
    {[plan.name, ...plan.others]
      .map(column => head(column, sort, order))
      .join('')
      .trimEnd()}
  </Text>
);

type RowProps = { user: User; plan: TablePlan; chosen: Flag | undefined };

/**
 * One user as one padded line: a box for each cell would cost half again as much per key. The chosen row is inverse,
 * the chosen flag in it is not, so that both show without colour.
 */
export const UserRow = memo(({ user, plan, chosen }: RowProps) => {
  const cells = plan.others.map(column => ({ column, text: gap + cell(column, column.text(user)) }));
  const name = cell(plan.name, plan.name.text(user));
  const at = cells.findIndex(({ column }) => column.flag === chosen);
  const flag = cells[at];
  if (!chosen || !flag)
    return <Text wrap="truncate">{' '.repeat(marker.length) + name + joined(cells)}</Text>;
  const from = flag.text.indexOf('[');
  return (
    <Text wrap="truncate">
      <Text inverse>{marker + name + joined(cells.slice(0, at)) + flag.text.slice(0, from)}</Text>
      <Text bold color={theme.accent}>
        {flag.text.slice(from, from + flagWidth)}
      </Text>
      <Text inverse>{flag.text.slice(from + flagWidth) + joined(cells.slice(at + 1))}</Text>
    </Text>
  );
});

const flagWidth = flagText(true).length;
const joined = (cells: readonly { text: string }[]): string => cells.map(({ text }) => text).join('');
