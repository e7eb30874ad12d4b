import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/**
 * What `langinfra recover` did: the code, for as long as it counts, and what superusers are told until one acknowledges it.
 * The user may be deleted before that, so the row keeps the name and refers to nobody.
 */
export const up = async (db: Kysely<Schema>): Promise<void> => {
  await sql`create table recovery (
    id char(32) not null primary key,
    user_id char(32) not null,
    username varchar not null,
    made_at datetime not null,
    os_user varchar,
    tty varchar,
    code varchar,
    expires_at datetime not null,
    acknowledged_at datetime
  )`.execute(db);
  await sql`create index recovery_by_user on recovery (user_id)`.execute(db);
};
