import { type Kysely, sql } from 'kysely';
import { caseFold } from '../text.ts';
import type { Schema } from './schema.ts';
import { skeletonOf } from './skeleton.ts';
import { everyUser, type StoredPasswordRow } from './user-batches.ts';
import { countOf } from './users.ts';

/** What the database keeps of a user beside what the user is. */
export type UserRow = StoredPasswordRow & { isAutomatic: boolean };

/** What is kept of a name, to find it by. */
type KeptNames = { username_fold: string; username_skeleton: string };

const keptNamesOf = async (username: string): Promise<KeptNames> => ({
  username_fold: caseFold(username),
  username_skeleton: await skeletonOf(username),
});

const isKept = (names: KeptNames, row: KeptNames): boolean =>
  row.username_fold === names.username_fold && row.username_skeleton === names.username_skeleton;

/** Looking over the whole database. With a million users each of these takes seconds, the structure a minute. */
export const createHealthStore = (db: Kysely<Schema>) => ({
  /** What is wrong with pages and indexes (sqlite.org/pragma.html#pragma_integrity_check); nothing where all is well. */
  structure: async (): Promise<string[]> => {
    const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(db);
    return rows.map(row => row.integrity_check).filter(text => text !== 'ok');
  },

  /** The rows that refer to a row which is not there. */
  references: async (): Promise<string[]> => {
    const { rows } = await sql<{
      table: string;
      rowid: number;
      parent: string;
    }>`pragma foreign_key_check`.execute(db);
    return rows.map(({ table, rowid, parent }) => `row ${rowid} of ${table} belongs to no ${parent}`);
  },

  /** Throws database_corrupt where the search index does not hold what the users are called. Needs a transaction. */
  compareSearchIndex: async (): Promise<void> => {
    await sql`insert into user_search (user_search, rank) values ('integrity-check', 1)`.execute(db);
  },

  /** Makes the search index and what is kept of each name anew, from the usernames. Needs a transaction. */
  mendNames: async (): Promise<void> => {
    await sql`insert into user_search (user_search) values ('rebuild')`.execute(db);
    for await (const rows of everyUser(db))
      for (const { id, username, ...kept } of rows) {
        const names = await keptNamesOf(username);
        if (!isKept(names, kept)) await db.updateTable('user').set(names).where('id', '=', id).execute();
      }
  },

  /** All users, in batches. */
  users: async function* (): AsyncGenerator<(UserRow & { isNameKeptRight: boolean })[]> {
    for await (const rows of everyUser(db))
      yield await Promise.all(
        rows.map(async row => ({
          id: row.id,
          username: row.username,
          password: row.password,
          isAutomatic: row.is_automatic === 1,
          isNameKeptRight: isKept(await keptNamesOf(row.username), row),
        })),
      );
  },

  /** Something that is sealed: a password, or a secret of one-time codes; undefined where nothing is. */
  sealed: async (): Promise<string | undefined> => {
    const { rows } = await sql<{ sealed: string }>`
      select password as sealed from user where password like 'sealed:%'
      union all select secret from second_step limit 1`.execute(db);
    return rows[0]?.sealed;
  },

  countUsers: (): Promise<number> => countOf(db.selectFrom('user')),
});
