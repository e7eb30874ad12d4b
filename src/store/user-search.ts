import { type Kysely, sql } from 'kysely';
import { caseFold } from '../text.ts';
import type { Schema } from './schema.ts';
import { matching, type UserQuery } from './user-filters.ts';
import { type Cursor, compareCursors, cursorOf, type UserSort } from './user-order.ts';

/** A match: its row's id, and its place in the order that was asked for. */
export type Match = { id: string; place: Cursor };

/**
 * How many matches are few: so many are fetched and sorted here. More of them are found along the index of the order,
 * which comes to the next one soon; where that index does not hold the name, each step costs a look at the row, so there
 * it is worth to fetch more.
 */
export type FewMatches = { byName: number; byOther: number };
export const fewMatches: FewMatches = { byName: 500, byOther: 5000 };

/** The trigram index knows texts of three characters and more. */
const leastIndexed = 3;

/**
 * The matches of a search where they are few, in the order of the query; undefined where they are many, or nothing is
 * searched for.
 */
export const findFew = async (
  db: Kysely<Schema>,
  query: UserQuery,
  few: FewMatches,
): Promise<Match[] | undefined> => {
  if (!query.search) return undefined;
  const most = namesInIndex.has(query.sort) ? few.byName : few.byOther;
  const rowids = await rowsWith(db, caseFold(query.search), most + 1);
  if (rowids.length > most) return undefined;
  const rows = await matching(db, query)
    .where(sql<boolean>`rowid in (select value from json_each(${JSON.stringify(rowids)}))`)
    .select(['id', 'username_fold', 'create_at', 'updated_at', 'last_login_at', 'is_active', 'is_superuser'])
    .execute();
  const matches = rows.map(row => ({ id: row.id, place: cursorOf(row, query.sort) }));
  return matches.sort((one, other) => compareCursors(query.order, one.place, other.place));
};

/** Orders whose index holds the folded name. */
const namesInIndex: ReadonlySet<UserSort> = new Set(['username', 'active', 'superuser']);

/** The numbers of up to `limit` rows that may have the text in their name: those that have it, and perhaps some more. */
const rowsWith = async (db: Kysely<Schema>, text: string, limit: number): Promise<number[]> => {
  const { rows } =
    // For FTS5 a query ends at a NUL.
    Array.from(text).length < leastIndexed || text.includes('\0')
      ? await sql<{ rowid: number }>`select rowid from user indexed by user_by_username
          where instr(username_fold, ${text}) > 0 limit ${limit}`.execute(db)
      : await sql<{ rowid: number }>`select rowid from user_search
          where user_search match ${allTrigrams(text)} limit ${limit}`.execute(db);
  return rows.map(({ rowid }) => rowid);
};

/** Whether the search index alone tells how many match: a text of one trigram. */
export const isOneTrigram = (text: string): boolean =>
  Array.from(text).length === leastIndexed && !text.includes('\0');

export const countInIndex = async (db: Kysely<Schema>, text: string): Promise<number> => {
  const { rows } = await sql<{ count: number }>`select count(*) as count from user_search
    where user_search match ${allTrigrams(text)}`.execute(db);
  return rows[0]?.count ?? 0;
};

/** Every trigram of the text must be there. FTS5 strings are in double quotes, which are doubled inside. */
const allTrigrams = (text: string): string => {
  const characters = Array.from(text);
  const trigrams = new Set<string>();
  for (let at = 0; at + leastIndexed <= characters.length; at += 1)
    trigrams.add(
      `"${characters
        .slice(at, at + leastIndexed)
        .join('')
        .replaceAll('"', '""')}"`,
    );
  return [...trigrams].join(' AND ');
};
