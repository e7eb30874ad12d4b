import { type Kysely, sql } from 'kysely';
import type { AuditRow } from './audit.ts';
import type { Schema } from './schema.ts';
import { fromStored } from './values.ts';

/** What the audit knows of one user, or of a name: each by an index of its own (migrations 009 and 013). */
export const createAuditOfNames = (db: Kysely<Schema>) => ({
  /** The user of that name who was deleted last; the case of ASCII letters does not matter. */
  deletedUser: async (username: string): Promise<{ id: string; username: string } | undefined> => {
    const row = await deletedNamed(db, username).executeTakeFirst();
    return row && { id: String(row.id), username: String(row.username) };
  },

  /** How many sign-ins and unlockings of a user failed since the last that went well, and the newest of them. */
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

/** How many sign-ins and unlockings of a user failed since the last that went well, and the number of the newest. */
export const failedSince = (db: Kysely<Schema>, targetId: string) => {
  // In the words of the indexes of migrations 009 and 013: SQLite does not see what a bound value is.
  const of = (event: 'signed_in' | 'session_unlocked' | 'sign_in_failed' | 'unlock_failed') =>
    db.selectFrom('audit').where('target_id', '=', targetId).where('event', '=', sql.lit(event));
  const last = (event: 'signed_in' | 'session_unlocked') =>
    sql<number>`coalesce(${of(event).select(eb => eb.fn.max('id').as('id'))}, 0)`;
  const failed = (event: 'sign_in_failed' | 'unlock_failed') =>
    of(event)
      .where('id', '>', sql<number>`max(${last('signed_in')}, ${last('session_unlocked')})`)
      .select('id');
  return db
    .selectFrom(failed('sign_in_failed').unionAll(failed('unlock_failed')).as('failed'))
    .select(eb => [eb.fn.countAll<number>().as('count'), eb.fn.max('failed.id').as('newest')]);
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
