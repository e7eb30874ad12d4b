import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Accounts, createAccounts } from './accounts/accounts.ts';
import { createBcryptLane } from './accounts/bcrypt-lane.ts';
import { type SuperuserSetting, superuserSetting } from './accounts/bootstrap.ts';
import type { Sealing } from './accounts/sealing.ts';
import { openSealing, rememberEnvFile } from './accounts/secret-key.ts';
import type { Settings } from './settings.ts';
import { openStore, type Store, type StoreOptions } from './store/open.ts';
import { privateDirectory } from './store/private-files.ts';

/** Everything a command works with, built once, handed down and closed once. */
export type World = {
  readonly settings: Settings;
  readonly store: Store;
  readonly accounts: Accounts;
  readonly sealing: Sealing;
  /** The superuser that the settings name, checked. */
  readonly superuser: SuperuserSetting | undefined;
  close: () => Promise<void>;
};

const databasePath = ({ databaseUrl }: Settings): string => databaseUrl.slice('sqlite:///'.length);

/** Whether there is a database to open, of whatever kind. */
export const hasDatabase = (settings: Settings): boolean => existsSync(databasePath(settings));

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
  const isOurs = dirname(databasePath(settings)) === settings.configDir;
  if (isOurs && (options.create || existsSync(settings.configDir))) privateDirectory(settings.configDir);
  const store = await openStore(settings.databaseUrl, options);
  try {
    const sealing = await openSealing(settings, store.read.meta);
    // The file that a later start without it is pointed to; one that does not hold the key is no help then.
    const envFile = settings.sources.secretKey.kind === 'env file' ? settings.envFile : undefined;
    await rememberEnvFile(store, envFile);
    const lane = createBcryptLane();
    return {
      settings,
      store,
      superuser,
      sealing,
      accounts: createAccounts({ store, settings: { ...settings, envFile }, sealing, lane, clock }),
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
