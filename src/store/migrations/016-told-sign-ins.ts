import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/** Failed sign-ins are counted from the last that went well at a door that tells of them: HTTP does not. */
export const up = async (db: Kysely<Schema>): Promise<void> => {
  await sql`drop index audit_signed_in_of`.execute(db);
  // With the door, which its rows all have another of: SQLite reads the index alone then, and prefers it.
  await sql`create index audit_told_of on audit (target_id, id, door)
    where event = 'signed_in' and door <> 'http'`.execute(db);
};
