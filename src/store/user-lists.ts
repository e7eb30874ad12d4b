import { type Kysely, sql } from 'kysely';
import { caseFold } from '../text.ts';
import type { Schema, UserTable } from './schema.ts';
import { beside, type Cursor, cursorOf, type Order, orderColumns, type UserSort } from './user-order.ts';
import { countOf, type User, userOf } from './users.ts';

export const userFilters = ['pending', 'active', 'inactive', 'superuser'] as const;
export type UserFilter = (typeof userFilters)[number];

/** Which users, in which order. `search` is a part of the username, without regard to case. */
export type UserQuery = {
  search?: string | undefined;
  filter?: UserFilter | undefined;
  sort: UserSort;
  order: Order;
};

/** Where a page begins. `from` includes the place itself; `skip` costs a step for each user that it leaves out. */
export type PageStart =
  | 'start'
  | 'end'
  | { after: Cursor }
  | { before: Cursor }
  | { from: Cursor }
  | { skip: number };

/** A user with its place in the order it was read in. */
export type PlacedUser = { user: User; place: Cursor };

/** The keyset pages, places and counts of a list of users. */
export const createUserLists = (db: Kysely<Schema>) => ({
  /** Up to `limit` users of the list in its order, each with its place in that order. */
  page: async (query: UserQuery, start: PageStart, limit: number): Promise<PlacedUser[]> => {
    const rows = await pageRows(db, query, start, limit);
    return rows.map(row => ({ user: userOf(row), place: cursorOf(row, query.sort) }));
  },

  /** Where a user stands in an order now; undefined where it does not exist or does not match. */
  placeOf: async (query: UserQuery, id: string): Promise<Cursor | undefined> => {
    const row = await matching(db, query).where('id', '=', id).selectAll().executeTakeFirst();
    return row && cursorOf(row, query.sort);
  },

  count: (query: UserQuery): Promise<number> => countOf(matching(db, query)),

  /** How many users of the list stand before the place. */
  countBefore: (query: UserQuery, place: Cursor): Promise<number> =>
    countOf(matching(db, query).where(beside(query.sort, query.order === 'asc' ? '<' : '>', place))),
});

const matching = (db: Kysely<Schema>, { search, filter }: UserQuery) => {
  let rows = db.selectFrom('user');
  if (search) rows = rows.where(sql<boolean>`instr(username_fold, ${caseFold(search)}) > 0`);
  if (filter === 'pending') rows = rows.where('is_active', '=', 0).where('last_login_at', 'is', null);
  if (filter === 'active') rows = rows.where('is_active', '=', 1);
  if (filter === 'inactive') rows = rows.where('is_active', '=', 0);
  if (filter === 'superuser') rows = rows.where('is_superuser', '=', 1);
  return rows;
};

const pageRows = async (
  db: Kysely<Schema>,
  query: UserQuery,
  start: PageStart,
  limit: number,
): Promise<UserTable[]> => {
  const backwards = start === 'end' || (typeof start === 'object' && 'before' in start);
  const ascending = (query.order === 'asc') !== backwards;
  let rows = matching(db, query).selectAll().limit(limit);
  if (typeof start === 'object' && 'skip' in start) {
    if (start.skip > 0) rows = rows.offset(start.skip);
  } else if (typeof start === 'object') {
    const [place, inclusive] =
      'from' in start ? [start.from, '='] : ['after' in start ? start.after : start.before, ''];
    rows = rows.where(beside(query.sort, `${ascending ? '>' : '<'}${inclusive}` as '>', place));
  }
  for (const column of orderColumns(query.sort)) rows = rows.orderBy(column, ascending ? 'asc' : 'desc');
  const found = await rows.execute();
  return backwards ? found.reverse() : found;
};
