import { type Kysely, sql } from 'kysely';
import type { AuditRow } from './audit.ts';
import type { Schema } from './schema.ts';
import { fromStored } from './values.ts';

/** What the audit knows of one user, or of a name: each by an index of its own (migration 009). */
export const createAuditOfNames = (db: Kysely<Schema>) => ({
  /** The user of that name who was deleted last; the case of ASCII letters does not matter. */
  deletedUser: async (username: string): Promise<{ id: string; username: string } | undefined> => {
    const row = await deletedNamed(db, username).executeTakeFirst();
    return row && { id: String(row.id), username: String(row.username) };
  },

  /** How many sign-ins of a user failed since the last that went well where that is told, and the newest of them. */
  failedSignIns: async (
    targetId: string,
  ): Promise<{ count: number; latest: Pick<AuditRow, 'at' | 'origin'> | undefined }> => {
    const { count, newest } = await failedSince(db, targetId).executeTakeFirstOrThrow();
    if (newest === null) return { count, latest: undefined };
    const row = await db
      .selectFrom('audit')
      .select(['at', 'origin'])
      .where('id', '=', newest)
      .executeTakeFirst();
    return { count, latest: row && { at: fromStored(String(row.at)), origin: String(row.origin) } };
  },
});

/** How many sign-ins of a user failed since the last that went well where that is told, and the number of the newest. */
export const failedSince = (db: Kysely<Schema>, targetId: string) => {
  // In the words of the indexes of migrations 009 and 014: SQLite does not see what a bound value is.
  const of = (event: 'signed_in' | 'sign_in_failed') =>
    db.selectFrom('audit').where('target_id', '=', targetId).where('event', '=', sql.lit(event));
  // Programs sign in over HTTP too, and tell nobody what failed.
  const since = of('signed_in')
    .where('door', '<>', sql.lit('http'))
    .select(eb => eb.fn.max('id').as('id'));
  return of('sign_in_failed')
    .where('id', '>', sql<number>`coalesce(${since}, 0)`)
    .select(eb => [eb.fn.countAll<number>().as('count'), eb.fn.max('id').as('newest')]);
};

/** Deletions of users of that name, the last one first. */
export const deletedNamed = (db: Kysely<Schema>, username: string) =>
  db
    .selectFrom('audit')
    .select(['target_id as id', 'target_name as username'])
    // In the words of the index of migration 009.
    .where('event', '=', sql.lit('user_deleted'))
    .where('outcome', '=', sql.lit('done'))
    .where(sql<boolean>`target_name = ${username} collate nocase`)
    .where('target_id', 'is not', null)
    .orderBy('id', 'desc')
    .limit(1);
