import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/**
 * Sign-ins whose one-time code is still to come. The user may be deleted before that, so the row keeps the name and refers to
 * nobody: it is what the audit says of them.
 */
export const up = async (db: Kysely<Schema>): Promise<void> => {
  await sql`create table first_step (
    id char(32) not null primary key,
    user_id char(32) not null,
    username varchar not null,
    place varchar not null,
    origin varchar not null,
    at datetime not null
  )`.execute(db);
  await sql`create index first_step_by_time on first_step (at)`.execute(db);
};
