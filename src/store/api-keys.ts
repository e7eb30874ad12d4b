import { type Kysely, sql } from 'kysely';
import type { Schema } from './schema.ts';

/** The API keys of the Python Langinfra. Only a database that it made has the table. */
export const createApiKeyStore = (db: Kysely<Schema>) => ({
  removeOf: async (...userIds: readonly string[]): Promise<void> => {
    const table = sql`select name from sqlite_master where type = 'table' and name = 'apikey'`;
    const { rows } = await table.execute(db);
    if (rows.length === 0) return;
    await sql`delete from apikey where user_id in (select value from json_each(${JSON.stringify(userIds)}))`.execute(
      db,
    );
  },
});
