import { type Kysely, sql } from 'kysely';
import { caseFold } from '../text.ts';
import type { Schema } from './schema.ts';
import { skeletonOf } from './skeleton.ts';
import { everyUser, type StoredPasswordRow } from './user-batches.ts';
import { countOf } from './users.ts';

/** What the database keeps of a user beside what the user is. */
export type UserRow = StoredPasswordRow & { isAutomatic: boolean };

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

  /** All users, in batches. */
  users: async function* (): AsyncGenerator<(UserRow & { isNameKeptRight: boolean })[]> {
    for await (const rows of everyUser(db))
      yield await Promise.all(
        rows.map(async row => ({
          id: row.id,
          username: row.username,
          password: row.password,
          isAutomatic: row.is_automatic === 1,
          isNameKeptRight:
            row.username_fold === caseFold(row.username) &&
            row.username_skeleton === (await skeletonOf(row.username)),
        })),
      );
  },

  countUsers: (): Promise<number> => countOf(db.selectFrom('user')),
});
