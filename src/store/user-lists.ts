import { type Kysely, sql } from 'kysely';
import { caseFold } from '../text.ts';
import type { Schema, UserTable } from './schema.ts';
import { skeletonOf } from './skeleton.ts';
import { matching, type UserQuery } from './user-filters.ts';
import { beside, type Cursor, compareCursors, cursorOf, orderColumns } from './user-order.ts';
import { countInIndex, fewMatches, findFew, isOneTrigram, type Match } from './user-search.ts';
import { countOf, type User, userOf } from './users.ts';

/**
 * Where a page begins. `from` includes the place itself. `skip` costs a step for each user that it leaves out; where it
 * is known of how many, in the same moment of the database, they are counted from the nearer end.
 */
export type PageStart =
  | 'start'
  | 'end'
  | { after: Cursor }
  | { before: Cursor }
  | { from: Cursor }
  | { skip: number; of?: number };

/** A user with its place in the order it was read in, and whether another user's name looks like this one. */
export type PlacedUser = { user: User; place: Cursor; looksAlike: boolean };

/** The keyset pages, places and counts of a list of users. */
export const createUserLists = (db: Kysely<Schema>, few = fewMatches) => {
  /** Of a search that finds few, they are the list; else it is read along the index of its order. */
  const pageRows = async (query: UserQuery, start: PageStart, limit: number): Promise<ListedRow[]> => {
    const found = await findFew(db, query, few);
    if (!found) return rowsAlongOrder(db, query, start, limit);
    const ids = partOf(found, query, start, limit).map(({ id }) => id);
    const rows = await listed(matching(db, {}))
      .where(sql<boolean>`id in (select value from json_each(${JSON.stringify(ids)}))`)
      .execute();
    const byId = new Map(rows.map(row => [row.id, row]));
    return ids.flatMap(id => byId.get(id) ?? []);
  };

  return {
    /** Up to `limit` users of the list in its order, each with its place in that order. */
    page: async (query: UserQuery, start: PageStart, limit: number): Promise<PlacedUser[]> => {
      const rows = await pageRows(query, start, limit);
      return rows.map(row => ({
        user: userOf(row),
        place: cursorOf(row, query.sort),
        looksAlike: row.looks_alike === 1,
      }));
    },

    /** Where a user stands in an order now; undefined where it does not exist or does not match. */
    placeOf: async (query: UserQuery, id: string): Promise<Cursor | undefined> => {
      const row = await matching(db, query).where('id', '=', id).selectAll().executeTakeFirst();
      return row && cursorOf(row, query.sort);
    },

    /** The names of a few others whose names look like this one. */
    lookAlikes: async ({ id, username }: Pick<User, 'id' | 'username'>, limit: number): Promise<string[]> => {
      const rows = await db
        .selectFrom('user')
        .select('username')
        .where('username_skeleton', '=', await skeletonOf(username))
        .where('id', '!=', id)
        .orderBy('username_fold')
        .limit(limit)
        .execute();
      return rows.map(row => row.username);
    },

    count: async (query: UserQuery): Promise<number> => {
      const found = await findFew(db, query, few);
      if (found) return found.length;
      const fold = caseFold(query.search ?? '');
      return !query.filter && isOneTrigram(fold) ? countInIndex(db, fold) : countOf(matching(db, query));
    },

    /** How many users of the list stand before the place. */
    countBefore: async (query: UserQuery, place: Cursor): Promise<number> => {
      const found = await findFew(db, query, few);
      if (found) return partBefore(found, query, place).length;
      return countOf(matching(db, query).where(beside(query, query.order === 'asc' ? '<' : '>', place)));
    },
  };
};

type ListedRow = UserTable & { looks_alike: number };

const listed = (rows: ReturnType<typeof matching>) =>
  rows.selectAll().select(
    sql<number>`exists (select 1 from user as other
      where other.username_skeleton = user.username_skeleton and other.id <> user.id)`.as('looks_alike'),
  );

const rowsAlongOrder = async (
  db: Kysely<Schema>,
  query: UserQuery,
  start: PageStart,
  limit: number,
): Promise<ListedRow[]> => {
  const slice = typeof start === 'object' && 'skip' in start ? sliceOf(start, limit) : undefined;
  const backwards = slice?.backwards ?? (start === 'end' || (typeof start === 'object' && 'before' in start));
  const ascending = (query.order === 'asc') !== backwards;
  let rows = listed(matching(db, query)).limit(slice?.limit ?? limit);
  if (slice) {
    if (slice.skip > 0) rows = rows.offset(slice.skip);
  } else if (typeof start === 'object' && !('skip' in start)) {
    const [place, inclusive] =
      'from' in start ? [start.from, '='] : ['after' in start ? start.after : start.before, ''];
    rows = rows.where(beside(query, `${ascending ? '>' : '<'}${inclusive}` as '>', place));
  }
  for (const column of orderColumns(query.sort)) rows = rows.orderBy(column, ascending ? 'asc' : 'desc');
  const found = await rows.execute();
  return backwards ? found.reverse() : found;
};

/** Which rows a page is, counted from the end of the list that is nearer to it. */
const sliceOf = ({ skip, of = Number.POSITIVE_INFINITY }: { skip: number; of?: number }, limit: number) => {
  const rest = Math.max(0, of - skip);
  if (rest >= skip) return { backwards: false, skip, limit };
  const shown = Math.min(limit, rest);
  return { backwards: true, skip: rest - shown, limit: shown };
};

const partBefore = (found: readonly Match[], { order }: UserQuery, place: Cursor): Match[] =>
  found.filter(match => compareCursors(order, match.place, place) < 0);

/** The same page of a list that is known whole. */
const partOf = (
  found: readonly Match[],
  query: UserQuery,
  start: PageStart,
  limit: number,
): readonly Match[] => {
  if (start === 'start') return found.slice(0, limit);
  if (start === 'end') return found.slice(-limit);
  if ('skip' in start) return found.slice(start.skip, start.skip + limit);
  if ('before' in start) return partBefore(found, query, start.before).slice(-limit);
  const [place, least] = 'from' in start ? [start.from, 0] : [start.after, 1];
  return found.filter(match => compareCursors(query.order, match.place, place) >= least).slice(0, limit);
};
