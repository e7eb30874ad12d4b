import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/**
 * The audit: what happened, in the order in which it happened. Numbers are never used again (AUTOINCREMENT), so that a row
 * that was taken away leaves a gap, also at the end: sqlite_sequence holds the last number. Who cuts off the end and changes
 * that too is found only against a head that was exported. Names are kept as they were: the users they were may be gone.
 */
export const up = async (db: Kysely<Schema>): Promise<void> => {
  await sql`create table audit (
    id integer primary key autoincrement,
    at datetime not null,
    event varchar not null,
    outcome varchar not null,
    actor_id char(32),
    actor_name varchar,
    door varchar not null,
    origin varchar not null,
    target_id char(32),
    target_name varchar,
    detail varchar not null,
    key_id varchar not null,
    mac varchar not null
  )`.execute(db);
  for (const column of ['target_id', 'actor_id', 'event', 'at'])
    await sql`create index ${sql.ref(`audit_by_${column.replace('_id', '')}`)} on audit (${sql.ref(column)}, id)`.execute(
      db,
    );
};
