import { type Kysely, sql } from 'kysely';
import type { AuditRow } from './audit.ts';
import type { Schema } from './schema.ts';
import { fromStored } from './values.ts';

/** What the audit knows of one user, or of a name: each by an index of its own (migrations 009, 013, 014 and 016). */
export const createAuditOfNames = (db: Kysely<Schema>) => ({
  /**
   * Who had that name last: a user who was deleted, or who has another name now. It is given as it was; the case of ASCII
   * letters does not matter.
   */
  formerUser: async (username: string): Promise<{ id: string; username: string } | undefined> => {
    const rows = await Promise.all(
      [deletedNamed, renamedFrom].map(query => query(db, username).executeTakeFirst()),
    );
    const [last] = rows.filter(row => row !== undefined).toSorted((one, other) => other.row - one.row);
    return last && { id: String(last.id), username: String(last.username) };
  },

  /** How many sign-ins and unlockings of a user failed since the last that went well where that is told, and the newest of them. */
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

/** How many sign-ins and unlockings of a user failed since the last that went well where that is told, and the number of the newest. */
export const failedSince = (db: Kysely<Schema>, targetId: string) => {
  // In the words of the indexes of migrations 009, 013 and 016: SQLite does not see what a bound value is.
  const of = (event: 'signed_in' | 'session_unlocked' | 'sign_in_failed' | 'unlock_failed') =>
    db.selectFrom('audit').where('target_id', '=', targetId).where('event', '=', sql.lit(event));
  // Programs sign in over HTTP too, and tell nobody what failed.
  const told = of('signed_in').where('door', '<>', sql.lit('http'));
  const last = (rows: typeof told) =>
    sql<number>`coalesce(${rows.select(eb => eb.fn.max('id').as('id'))}, 0)`;
  const failed = (event: 'sign_in_failed' | 'unlock_failed') =>
    of(event)
      .where('id', '>', sql<number>`max(${last(told)}, ${last(of('session_unlocked'))})`)
      .select('id');
  return db
    .selectFrom(failed('sign_in_failed').unionAll(failed('unlock_failed')).as('failed'))
    .select(eb => [eb.fn.countAll<number>().as('count'), eb.fn.max('failed.id').as('newest')]);
};

/** Deletions of users of that name, the last one first. */
export const deletedNamed = (db: Kysely<Schema>, username: string) =>
  db
    .selectFrom('audit')
    .select(['id as row', 'target_id as id', 'target_name as username'])
    // In the words of the index of migration 009.
    .where('event', '=', sql.lit('user_deleted'))
    .where('outcome', '=', sql.lit('done'))
    .where(sql<boolean>`target_name = ${username} collate nocase`)
    .where('target_id', 'is not', null)
    .orderBy('audit.id', 'desc')
    .limit(1);

/** Changes of that name into another, the last one first. */
export const renamedFrom = (db: Kysely<Schema>, username: string) =>
  db
    .selectFrom('audit')
    // In the words of the index of migration 014.
    .select(['id as row', 'target_id as id', sql<string>`${nameBefore}`.as('username')])
    .where('event', '=', sql.lit('user_changed'))
    .where('outcome', '=', sql.lit('done'))
    .where(sql<boolean>`${nameBefore} = ${username} collate nocase`)
    .where('target_id', 'is not', null)
    .orderBy('audit.id', 'desc')
    .limit(1);

const nameBefore = sql`(case when json_valid(detail) then json_extract(detail, '$.before.username') end)`;
