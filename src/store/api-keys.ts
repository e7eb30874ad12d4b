import { type Kysely, sql } from 'kysely';
import { startOf, storedKey } from './key-values.ts';
import type { ApiKeyTable, Schema } from './schema.ts';
import { fromStored, toStored } from './values.ts';

/** An API key without the key, which nobody can read again. Times are ISO 8601 with microseconds, UTC. */
export type ApiKey = {
  id: string;
  userId: string;
  name: string | null;
  /** What the key begins with, to tell it by; empty where it is not known. */
  start: string;
  isActive: boolean;
  createdAt: string;
  /** Null: it does not end by itself. */
  expiresAt: string | null;
  /** These two are written some seconds after the use. */
  lastUsedAt: string | null;
  totalUses: number;
};

export type NewApiKey = Pick<ApiKey, 'id' | 'userId' | 'name' | 'createdAt' | 'expiresAt'> & {
  clear: string;
};

/** What became of a key since its uses were written last. */
export type KeyUses = { id: string; count: number; lastUsedAt: string };

/** The queries on API keys. A clear key comes in and never gets into the table: only its SHA-256 does. */
export const createApiKeyStore = (db: Kysely<Schema>) => {
  const keys = () => db.selectFrom('apikey').selectAll();

  return {
    find: async (id: string): Promise<ApiKey | undefined> => {
      const row = await keys().where('id', '=', id).executeTakeFirst();
      return row && apiKeyOf(row);
    },

    findByKey: async (clear: string): Promise<ApiKey | undefined> => {
      const row = await keys().where('api_key', '=', storedKey(clear)).executeTakeFirst();
      return row && apiKeyOf(row);
    },

    /** The keys of a user, oldest first. */
    listOf: async (userId: string): Promise<ApiKey[]> => {
      const rows = await keys().where('user_id', '=', userId).orderBy('created_at').orderBy('id').execute();
      return rows.map(apiKeyOf);
    },

    insert: async ({ clear, ...key }: NewApiKey): Promise<ApiKey> => {
      const row: ApiKeyTable = {
        id: key.id,
        user_id: key.userId,
        name: key.name,
        api_key: storedKey(clear),
        key_start: startOf(clear),
        is_active: 1,
        created_at: toStored(key.createdAt),
        expires_at: key.expiresAt && toStored(key.expiresAt),
        last_used_at: null,
        total_uses: 0,
      };
      await db.insertInto('apikey').values(row).execute();
      return apiKeyOf(row);
    },

    /** Adds to what other processes have counted. A key that is gone is passed over. */
    addUses: async (uses: readonly KeyUses[]): Promise<void> => {
      const added = JSON.stringify(uses.map(use => ({ ...use, lastUsedAt: toStored(use.lastUsedAt) })));
      await sql`update apikey set total_uses = total_uses + (added.value ->> 'count'),
          last_used_at = max(coalesce(last_used_at, ''), added.value ->> 'lastUsedAt')
        from json_each(${added}) as added where apikey.id = added.value ->> 'id'`.execute(db);
    },

    remove: async (id: string): Promise<void> => {
      await db.deleteFrom('apikey').where('id', '=', id).execute();
    },

    removeExpiredOf: async (userId: string, now: string): Promise<void> => {
      await db
        .deleteFrom('apikey')
        .where('user_id', '=', userId)
        .where('expires_at', '<=', toStored(now))
        .execute();
    },

    removeOf: async (...userIds: readonly string[]): Promise<void> => {
      await sql`delete from apikey where user_id in (select value from json_each(${JSON.stringify(userIds)}))`.execute(
        db,
      );
    },
  };
};

const apiKeyOf = (row: ApiKeyTable): ApiKey => ({
  id: row.id,
  userId: row.user_id,
  name: row.name,
  start: row.key_start,
  isActive: row.is_active === 1,
  createdAt: fromStored(row.created_at),
  expiresAt: row.expires_at && fromStored(row.expires_at),
  lastUsedAt: row.last_used_at && fromStored(row.last_used_at),
  totalUses: row.total_uses,
});
