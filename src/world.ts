import { dirname } from 'node:path';
import { type Accounts, createAccounts } from './accounts/accounts.ts';
import { createBcryptLane } from './accounts/bcrypt-lane.ts';
import { type SuperuserSetting, superuserSetting } from './accounts/bootstrap.ts';
import { openSealing } from './accounts/secret-key.ts';
import type { Settings } from './settings.ts';
import { openStore, type Store, type StoreOptions } from './store/open.ts';
import { privateDirectory } from './store/private-files.ts';

/** Everything a command works with, built once, handed down and closed once. */
export type World = {
  readonly settings: Settings;
  readonly store: Store;
  readonly accounts: Accounts;
  /** The superuser that the settings name, checked. */
  readonly superuser: SuperuserSetting | undefined;
  close: () => Promise<void>;
};

/**
 * Opens the store with the secret key and builds the rules on it.
 * Throws the refusals of settings (exit 2), of the database (7) and secret_key_mismatch (8).
 */
export const openWorld = async (
  settings: Settings,
  options: StoreOptions,
  clock: () => Date = () => new Date(),
): Promise<World> => {
  const superuser = superuserSetting(settings);
  const path = settings.databaseUrl.slice('sqlite:///'.length);
  if (options.create && dirname(path) === settings.configDir) privateDirectory(settings.configDir);
  const store = await openStore(settings.databaseUrl, options);
  try {
    const sealing = await openSealing(settings, store.read.meta);
    const lane = createBcryptLane();
    return {
      settings,
      store,
      superuser,
      accounts: createAccounts({ store, settings, sealing, lane, clock }),
      close: async () => {
        await lane.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
};
