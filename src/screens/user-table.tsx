import { Text } from 'ink';
import { memo } from 'react';
import { dashed } from '../accounts/user-json.ts';
import type { UserQuery } from '../store/user-filters.ts';
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
/** The automatic account has to be told apart at every width. */
const leastName = 25;
const mostName = 64;

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

export type TablePlan = {
  name: { title: string; width: number; sort: UserSort };
  others: readonly Column[];
  autoLogin: boolean;
};

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
  return {
    name: { title: 'Username', width: Math.min(mostName, width - used), sort: 'username' },
    others,
    autoLogin,
  };
};

/** What is to be known of a user beside the name, and is no part of it. */
const remarkOn = (user: User, autoLogin: boolean): string => {
  if (user.isAutomatic) return autoLogin ? ' automatic' : ' automatic (off)';
  return '';
};

/** A flag stands in the middle of its column, everything else at its left. */
const cell = (column: Column, text: string): string => {
  const indent = column.flag ? Math.floor((column.width - text.length) / 2) : 0;
  return fit(' '.repeat(indent) + text, column.width);
};

const arrowOf = (order: Order): string => (order === 'asc' ? '↑' : '↓');

/** The arrow stands in the gap where the title fills its column. */
const head = (
  { title, width, sort }: Pick<Column, 'title' | 'width' | 'sort'>,
  ordered: UserSort,
  order: Order,
): string => fit(sort === ordered ? `${title}${arrowOf(order)}` : title, width + gap.length);

/** The order, where its column has no room: `by Last login ↓ · `. */
export const orderText = ({ name, others }: TablePlan, { sort, order }: UserQuery): string => {
  if ([name, ...others].some(column => column.sort === sort)) return '';
  return `by ${columns.find(column => column.sort === sort)?.title} ${arrowOf(order)} · `;
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
 * the chosen flag in it is not, so that both show without colour. A remark has the accent: a name could say the same.
 */
export const UserRow = memo(({ user, plan, chosen }: RowProps) => {
  const cells = plan.others.map(column => ({ column, text: gap + cell(column, column.text(user)) }));
  const remark = remarkOn(user, plan.autoLogin);
  const name = fit(printable(user.username), plan.name.width - remark.length);
  const at = cells.findIndex(({ column }) => column.flag === chosen);
  const flag = cells[at];
  if (!chosen || !flag)
    return (
      <Text wrap="truncate">
        <NameFirst before={' '.repeat(marker.length)} name={name} remark={remark} after={joined(cells)} />
      </Text>
    );
  const from = flag.text.indexOf('[');
  const after = joined(cells.slice(0, at)) + flag.text.slice(0, from);
  return (
    <Text wrap="truncate">
      <Text inverse>
        <NameFirst before={marker} name={name} remark={remark} after={after} />
      </Text>
      <Text bold color={theme.accent}>
        {flag.text.slice(from, from + flagWidth)}
      </Text>
      <Text inverse>{flag.text.slice(from + flagWidth) + joined(cells.slice(at + 1))}</Text>
    </Text>
  );
});

type NameFirstProps = { before: string; name: string; remark: string; after: string };

const NameFirst = ({ before, name, remark, after }: NameFirstProps) => {
  if (remark === '') return before + name + after;
  const kept = name.trimEnd();
  return (
    <>
      {before + kept}
      <Text color={theme.accent}>{remark}</Text>
      {name.slice(kept.length) + after}
    </>
  );
};

const flagWidth = flagText(true).length;
const joined = (cells: readonly { text: string }[]): string => cells.map(({ text }) => text).join('');
