import { type Kysely, sql } from 'kysely';
import type { Schema } from './schema.ts';

/** The API keys of the Python Langinfra. Only a database that it made has the table. */
export const createApiKeyStore = (db: Kysely<Schema>) => ({
  removeOf: async (userId: string): Promise<void> => {
    const table = sql`select name from sqlite_master where type = 'table' and name = 'apikey'`;
    const { rows } = await table.execute(db);
    if (rows.length > 0) await db.deleteFrom('apikey').where('user_id', '=', userId).execute();
  },
});
