import type { Kysely } from 'kysely';
import { caseFold } from '../text.ts';
import type { Schema } from './schema.ts';

/** What the database remembers of itself. */
export type MetaKey = 'secret_fingerprint' | 'env_file' | 'key_kept' | 'audit_key';

const deleted = (username: string): string => `deleted_user:${caseFold(username)}`;

export const createMetaStore = (db: Kysely<Schema>) => {
  const get = async (key: string): Promise<string | undefined> => {
    const row = await db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst();
    return row?.value;
  };
  const set = async (key: string, value: string): Promise<void> => {
    await db
      .insertInto('meta')
      .values({ key, value })
      .onConflict(conflict => conflict.column('key').doUpdateSet({ value }))
      .execute();
  };

  return {
    get: (key: MetaKey) => get(key),
    set: (key: MetaKey, value: string) => set(key, value),

    /** Deleted names are remembered, so that a setting does not make a deleted superuser again. */
    rememberDeleted: (username: string, now: string) => set(deleted(username), now),
    wasDeleted: async (username: string) => (await get(deleted(username))) !== undefined,
    forgetDeleted: async (username: string): Promise<void> => {
      await db.deleteFrom('meta').where('key', '=', deleted(username)).execute();
    },
  };
};
