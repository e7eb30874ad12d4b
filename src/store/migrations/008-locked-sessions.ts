import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/** Locking and unlocking a console counts as signing in and out where the audit is asked for one or the other. */
export const up = async (db: Kysely<Schema>): Promise<void> => {
  for (const name of ['audit_sign_ins', 'audit_changes']) await sql`drop index ${sql.ref(name)}`.execute(db);
  // What audit.ts asks for by these very words.
  const signIn = sql`event in ('signed_in', 'sign_in_failed', 'signed_out', 'session_ended', 'session_locked',
  'session_unlocked', 'unlock_failed')`;
  await sql`create index audit_sign_ins on audit (id) where (${signIn}) = 1`.execute(db);
  await sql`create index audit_changes on audit (id) where outcome = 'done' and (${signIn}) = 0`.execute(db);
};
