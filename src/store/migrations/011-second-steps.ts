import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/** The second step of signing in: a sealed secret for who set one up, and the codes for when the phone is lost. */
export const up = async (db: Kysely<Schema>): Promise<void> => {
  const [id, text, time] = [sql`CHAR(32)`, sql`VARCHAR`, sql`DATETIME`];
  await db.schema
    .createTable('second_step')
    .addColumn('user_id', id, column =>
      column.notNull().primaryKey().references('user.id').onDelete('cascade'),
    )
    .addColumn('secret', text, column => column.notNull())
    .addColumn('confirmed_at', time, column => column.notNull())
    .addColumn('last_step', sql`INTEGER`, column => column.notNull())
    .execute();
  await db.schema
    .createTable('recovery_code')
    .addColumn('user_id', id, column =>
      column.notNull().references('second_step.user_id').onDelete('cascade'),
    )
    .addColumn('hash', text, column => column.notNull())
    .addColumn('used_at', time)
    .addPrimaryKeyConstraint('recovery_code_key', ['user_id', 'hash'])
    .execute();
};
