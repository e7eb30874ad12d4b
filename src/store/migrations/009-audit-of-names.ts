import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/**
 * How many sign-ins of a user failed since the last that went well is asked at each sign-in; who a name belonged to that
 * is gone, by whoever reads the audit.
 */
export const up = async (db: Kysely<Schema>): Promise<void> => {
  for (const event of ['signed_in', 'sign_in_failed'])
    await sql`create index ${sql.ref(`audit_${event}_of`)} on audit (target_id, id)
      where event = ${sql.lit(event)}`.execute(db);
  await sql`create index audit_deleted on audit (target_name collate nocase, id)
    where event = 'user_deleted' and outcome = 'done'`.execute(db);
};
