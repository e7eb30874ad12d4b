import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/** A wrong password at a lock screen counts among the failed sign-ins of a user, and unlocking among those that went well. */
export const up = async (db: Kysely<Schema>): Promise<void> => {
  for (const event of ['session_unlocked', 'unlock_failed'])
    await sql`create index ${sql.ref(`audit_${event}_of`)} on audit (target_id, id)
      where event = ${sql.lit(event)}`.execute(db);
};
