import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/** Whose name that was is asked by whoever reads the audit, and answered by the row of the change that ended it. */
export const up = async (db: Kysely<Schema>): Promise<void> => {
  // A row that was changed by hand may have anything in the place of its JSON; nobody is kept from the database by that.
  await sql`create index audit_renamed on audit
    ((case when json_valid(detail) then json_extract(detail, '$.before.username') end) collate nocase, id)
    where event = 'user_changed' and outcome = 'done'`.execute(db);
};
