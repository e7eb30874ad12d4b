import { type Expression, type SqlBool, sql } from 'kysely';
import type { UserTable } from './schema.ts';

/** The columns a list of users can be ordered by. */
export const userSorts = ['username', 'created', 'updated', 'last_login', 'active', 'superuser'] as const;
export type UserSort = (typeof userSorts)[number];
export type Order = 'asc' | 'desc';

/**
 * A place in an ordered list: what the user there has in each column of the order. It stays a place when that
 * user is gone.
 */
export type Cursor = readonly (string | number)[];

type OrderColumn = { column: Expression<string | number>; of: (row: UserTable) => string | number };

const fold: OrderColumn = { column: sql.ref('username_fold'), of: row => row.username_fold };
const id: OrderColumn = { column: sql.ref('id'), of: row => row.id };

// Each has an index in migration 001 with just these columns; id last makes the order total.
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
export const cursorOf = (row: UserTable, sort: UserSort): Cursor => columnsOf[sort].map(({ of }) => of(row));

/** `(a, b) > (?, ?)`: the rows on one side of a place. SQLite answers it from the index of the order. */
export const beside = (
  sort: UserSort,
  compare: '<' | '<=' | '>' | '>=',
  place: Cursor,
): Expression<SqlBool> =>
  sql<SqlBool>`(${sql.join(orderColumns(sort))}) ${sql.raw(compare)} (${sql.join(place)})`;
