import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/**
 * What the lists of sessions and of the audit need: where a session came from and when it was used last, and an index for
 * each way to ask.
 */
export const up = async (db: Kysely<Schema>): Promise<void> => {
  for (const column of ['address varchar', 'tty varchar', 'seen_at datetime'])
    await sql`alter table session add column ${sql.raw(column)}`.execute(db);
  await sql`create index session_by_created on session (created_at, id)`.execute(db);

  // What audit.ts asks for by these very words: with a million rows, of which ten are so, it must not go through all.
  const signIn = sql`event in ('signed_in', 'sign_in_failed', 'signed_out', 'session_ended')`;
  await sql`create index audit_sign_ins on audit (id) where (${signIn}) = 1`.execute(db);
  await sql`create index audit_changes on audit (id) where outcome = 'done' and (${signIn}) = 0`.execute(db);
  await sql`create index audit_refused on audit (id) where outcome != 'done'`.execute(db);
};
