import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/** Where a session came from and when it was used last, and the order in which sessions are listed. */
export const up = async (db: Kysely<Schema>): Promise<void> => {
  for (const column of ['address varchar', 'tty varchar', 'seen_at datetime'])
    await sql`alter table session add column ${sql.raw(column)}`.execute(db);
  await sql`create index session_by_created on session (created_at, id)`.execute(db);
};
