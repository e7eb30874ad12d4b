import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/** Whether a user has to change the password before anything else. */
export const up = async (db: Kysely<Schema>): Promise<void> => {
  await sql`alter table user add column must_change boolean not null default 0`.execute(db);
};
