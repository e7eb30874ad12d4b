import type { Kysely } from 'kysely';
import { unlessReferredTo } from './engines/sqlite-errors.ts';
import type { Schema } from './schema.ts';
import { newId } from './values.ts';

/** The folder every user of Langinfra has from the start. */
const defaultFolder = {
  name: 'My Projects',
  description: 'Manage your own projects. Download and upload folders.',
} as const;

export const createFolderStore = (db: Kysely<Schema>) => ({
  /** Makes the default folder of a user who has no folder yet; tells whether it did. */
  ensureDefault: async (userId: string): Promise<boolean> => {
    const folder = await db
      .selectFrom('folder')
      .select('id')
      .where('user_id', '=', userId)
      .executeTakeFirst();
    if (folder) return false;
    await db
      .insertInto('folder')
      .values({ id: newId(), user_id: userId, parent_id: null, ...defaultFolder })
      .execute();
    return true;
  },

  /** The names of a user's folders, in order. */
  namesOf: async (userId: string): Promise<string[]> => {
    const rows = await db
      .selectFrom('folder')
      .select('name')
      .where('user_id', '=', userId)
      .orderBy('name')
      .execute();
    return rows.map(({ name }) => name);
  },

  /** Throws user_has_data where a flow of the Python Langinfra is in one of them. */
  removeOf: async (userId: string): Promise<void> => {
    await db.updateTable('folder').set({ parent_id: null }).where('user_id', '=', userId).execute();
    await unlessReferredTo(db.deleteFrom('folder').where('user_id', '=', userId).execute());
  },
});
