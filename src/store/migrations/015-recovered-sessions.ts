import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/**
 * Whether a session was begun with a sign-in code, whose owner has no password to be asked for; and who else was a superuser when
 * somebody was recovered. Who is deleted is a witness no more.
 */
export const up = async (db: Kysely<Schema>): Promise<void> => {
  await sql`alter table session add column by_code boolean not null default 0`.execute(db);
  await sql`create table recovery_witness (
    recovery_id char(32) not null references recovery (id) on delete cascade,
    user_id char(32) not null references user (id) on delete cascade,
    primary key (recovery_id, user_id)
  ) without rowid`.execute(db);
  await sql`create index recovery_witness_by_user on recovery_witness (user_id)`.execute(db);
};
