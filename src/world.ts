import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Accounts, createAccounts } from './accounts/accounts.ts';
import { createBcryptLane } from './accounts/bcrypt-lane.ts';
import { type SuperuserSetting, superuserSetting } from './accounts/bootstrap.ts';
import { finishRotation } from './accounts/kept-key.ts';
import type { Origin } from './accounts/origin.ts';
import type { Sealing } from './accounts/sealing.ts';
import { openSealing, rememberKeyPlace } from './accounts/secret-key.ts';
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

export type WorldOptions = StoreOptions & {
  /** How this process is worked with; a command where it is not said. */
  door?: Origin['door'];
};

/** Where the database of the settings is. */
export const databasePath = ({ databaseUrl }: Settings): string => databaseUrl.slice('sqlite:///'.length);

const originOf = ({ surroundings }: Settings, door: Origin['door']): Origin => ({
  door,
  osUser: surroundings.osUser,
  tty: surroundings.tty,
  ssh: surroundings.sshConnection,
});

/** The env file that the secret key came from. One that does not hold it is no help to a later start without it. */
export const keyEnvFileOf = ({ sources, envFile }: Settings): string | undefined =>
  sources.secretKey.kind === 'env file' ? envFile : undefined;

/** Whether there is a database to open, of whatever kind. */
export const hasDatabase = (settings: Settings): boolean => existsSync(databasePath(settings));

/**
 * Opens the store with the secret key and builds the rules on it.
 * Throws the refusals of settings (exit 2), of the database (7) and secret_key_mismatch (8).
 */
export const openWorld = async (
  settings: Settings,
  options: WorldOptions,
  clock: () => Date = () => new Date(),
): Promise<World> => {
  const superuser = superuserSetting(settings);
  const { configDir } = settings;
  const isOurs = dirname(databasePath(settings)) === configDir;
  const keepsKey = settings.secretKey === undefined;
  if (existsSync(configDir) ? isOurs || keepsKey : isOurs && options.create) privateDirectory(configDir);
  const store = await openStore(settings.databaseUrl, options);
  try {
    const keyEnvFile = keyEnvFileOf(settings);
    const { rehearsal } = options;
    const sealing = await openSealing(settings, store.read.meta, { keyEnvFile, rehearsal });
    if (!rehearsal) await finishRotation(store, configDir);
    await rememberKeyPlace(store, sealing);
    const lane = createBcryptLane();
    const origin = originOf(settings, options.door ?? 'command');
    const accounts = createAccounts({ store, settings, sealing, lane, clock, origin });
    if (!rehearsal) await accounts.writeUnanswered();
    return {
      settings,
      store,
      superuser,
      sealing,
      accounts,
      close: async () => {
        const ended = lane.close();
        // They do not wait for hashes that nobody waits for: whoever stops us may not wait that long either.
        await accounts.close();
        await store.close();
        await ended;
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
};
