import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/** The public keys that users sign in with over SSH. A key is one user's; it goes with its user. */
export const up = async (db: Kysely<Schema>): Promise<void> => {
  const [id, text, time] = [sql`CHAR(32)`, sql`VARCHAR`, sql`DATETIME`];
  await db.schema
    .createTable('ssh_key')
    .addColumn('id', id, column => column.notNull().primaryKey())
    .addColumn('user_id', id, column => column.notNull().references('user.id').onDelete('cascade'))
    .addColumn('type', text, column => column.notNull())
    .addColumn('blob', text, column => column.notNull().unique())
    .addColumn('comment', text, column => column.notNull())
    .addColumn('fingerprint', text, column => column.notNull())
    .addColumn('created_at', time, column => column.notNull())
    .addColumn('last_used_at', time)
    .execute();
  await db.schema
    .createIndex('ssh_key_by_user')
    .on('ssh_key')
    .columns(['user_id', 'created_at', 'id'])
    .execute();
};
