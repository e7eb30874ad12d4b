import type { Folder } from '../store/folders.ts';
import type { Actor } from './actor.ts';
import type { Context } from './context.ts';

/** The folders of whoever is signed in, by name; a command has none. Throws session_ended. */
export const createFolderReading =
  ({ store, authority }: Context) =>
  (actor: Actor): Promise<Folder[]> =>
    store.readTogether(async reads => {
      const { user } = await authority(reads, actor);
      return user ? reads.folders.of(user.id) : [];
    });
