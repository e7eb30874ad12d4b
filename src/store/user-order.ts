import { type Expression, type SqlBool, sql } from 'kysely';
import type { UserTable } from './schema.ts';
import type { UserFilter } from './user-filters.ts';

/** The columns a list of users can be ordered by. */
export const userSorts = ['username', 'created', 'updated', 'last_login', 'active', 'superuser'] as const;
export type UserSort = (typeof userSorts)[number];
export type Order = 'asc' | 'desc';

/**
 * A place in an ordered list: what the user there has in each column of the order. It stays a place when that
 * user is gone.
 */
export type Cursor = readonly (string | number)[];

/** What of a user decides where it stands, in any order. */
export type OrderedRow = Pick<
  UserTable,
  'id' | 'username_fold' | 'create_at' | 'updated_at' | 'last_login_at' | 'is_active' | 'is_superuser'
>;

type OrderColumn = { column: Expression<string | number>; of: (row: OrderedRow) => string | number };

const fold: OrderColumn = { column: sql.ref('username_fold'), of: row => row.username_fold };
const id: OrderColumn = { column: sql.ref('id'), of: row => row.id };

// Each has an index in migration 001 with just these columns, and one under each filter in 002; id last makes the order
// total.
const columnsOf: Record<UserSort, readonly OrderColumn[]> = {
  username: [fold, id],
  created: [{ column: sql.ref('create_at'), of: row => row.create_at }, id],
  updated: [{ column: sql.ref('updated_at'), of: row => row.updated_at }, id],
  last_login: [{ column: sql.ref('last_login_order'), of: row => row.last_login_at ?? '' }, id],
  active: [{ column: sql.ref('is_active'), of: row => row.is_active }, fold, id],
  superuser: [{ column: sql.ref('is_superuser'), of: row => row.is_superuser }, fold, id],
};

/** The columns of an order, for ORDER BY. */
export const orderColumns = (sort: UserSort): Expression<string | number>[] =>
  columnsOf[sort].map(({ column }) => column);

/** Where a user stands in an order. */
export const cursorOf = (row: OrderedRow, sort: UserSort): Cursor => columnsOf[sort].map(({ of }) => of(row));

type Compare = '<' | '<=' | '>' | '>=';

/**
 * `(a, b) > (?, ?)`: the rows on one side of a place. SQLite answers it from the index of the order. Where a filter
 * leaves one value of the first column only, SQLite goes to a place by the others, so that one is compared here.
 */
export const beside = (
  { sort, filter }: { sort: UserSort; filter?: UserFilter | undefined },
  compare: Compare,
  place: Cursor,
): Expression<SqlBool> => {
  const only = onlyValue(sort, filter);
  if (only === undefined) return besidePlace(orderColumns(sort), compare, place);
  const [first, ...others] = place;
  if (first === only) return besidePlace(orderColumns(sort).slice(1), compare, others);
  return sql.lit(compare.startsWith('>') === only > Number(first) ? 1 : 0) as unknown as Expression<SqlBool>;
};

const besidePlace = (
  columns: readonly Expression<string | number>[],
  compare: Compare,
  place: Cursor,
): Expression<SqlBool> => sql<SqlBool>`(${sql.join(columns)}) ${sql.raw(compare)} (${sql.join(place)})`;

/** What a filter leaves of the first column of an order, where that is one value. */
const onlyValue = (sort: UserSort, filter: UserFilter | undefined): number | undefined => {
  if (sort === 'superuser' && filter === 'superuser') return 1;
  if (sort !== 'active' || filter === undefined || filter === 'superuser') return undefined;
  return filter === 'active' ? 1 : 0;
};

/** Which of two places comes first in an order: as SQLite compares, texts by the bytes of their UTF-8. */
export const compareCursors = (order: Order, one: Cursor, other: Cursor): number => {
  for (const [at, value] of one.entries()) {
    const difference = compareValues(value, other[at] ?? '');
    if (difference !== 0) return order === 'asc' ? difference : -difference;
  }
  return 0;
};

const compareValues = (one: string | number, other: string | number): number => {
  if (typeof one === 'number' || typeof other === 'number') return Number(one) - Number(other);
  if (one === other) return 0;
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
};
