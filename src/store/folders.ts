import type { Kysely } from 'kysely';
import { unlessReferredTo } from './engines/sqlite-errors.ts';
import type { Schema } from './schema.ts';
import { newId } from './values.ts';

/** The folder every user of Langinfra has from the start. */
export const defaultFolder = {
  name: 'My Projects',
  description: 'Manage your own projects. Download and upload folders.',
} as const;

/** Ids are 32 hex characters. */
export type Folder = { id: string; name: string; description: string | null; parentId: string | null };

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

  /** The folders of a user, by name. */
  of: async (userId: string): Promise<Folder[]> => {
    const rows = await db
      .selectFrom('folder')
      .select(['id', 'name', 'description', 'parent_id'])
      .where('user_id', '=', userId)
      .orderBy('name')
      .execute();
    return rows.map(({ parent_id: parentId, ...folder }) => ({ ...folder, parentId }));
  },

  /** Throws user_has_data where a flow of the Python Langinfra is in one of them. */
  removeOf: async (userId: string): Promise<void> => {
    await db.updateTable('folder').set({ parent_id: null }).where('user_id', '=', userId).execute();
    await unlessReferredTo(db.deleteFrom('folder').where('user_id', '=', userId).execute());
  },
});
