import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/** What was tried, for the throttle: a row for each thing that is tried and each source it is tried from. */
export const up = async (db: Kysely<Schema>): Promise<void> => {
  await db.schema
    .createTable('throttle')
    .addColumn('about', sql`VARCHAR`, column => column.notNull())
    .addColumn('source', sql`VARCHAR`, column => column.notNull())
    .addColumn('tries', sql`INTEGER`, column => column.notNull())
    .addColumn('times', sql`VARCHAR`, column => column.notNull())
    .addColumn('expires_at', sql`DATETIME`, column => column.notNull())
    .addPrimaryKeyConstraint('throttle_key', ['about', 'source'])
    .execute();
  await db.schema.createIndex('throttle_expires').on('throttle').column('expires_at').execute();
};
