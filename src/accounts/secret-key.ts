import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../refusal.ts';
import type { Reads, Store, Transaction } from '../store/open.ts';
import { createPrivateFile, privateDirectory, refuseExposed } from '../store/private-files.ts';
import { shellQuoted } from '../text.ts';
import { createSealing, type Sealing } from './sealing.ts';

export type KeySettings = {
  readonly secretKey: string | undefined;
  readonly configDir: string;
  readonly envFile: string | undefined;
};

const randomKeyBytes = 32;

/**
 * The sealing for the secret key of the settings, else of the one kept in the config directory, else of a new
 * random one that is kept there from now on.
 * Throws secret_key_mismatch where the database's passwords were sealed with another; no key is made then.
 */
export const openSealing = async (
  settings: KeySettings,
  meta: Pick<Reads['meta'], 'get'>,
): Promise<Sealing> => {
  const expected = await meta.get('secret_fingerprint');
  const keptFile = join(settings.configDir, 'secret_key');
  const kept = readKept(keptFile);
  const key =
    settings.secretKey ??
    kept ??
    (expected === undefined ? makeKept(settings.configDir, keptFile) : undefined);
  const sealing = key === undefined ? undefined : createSealing(key);
  if (sealing && (expected === undefined || expected === sealing.fingerprint)) return sealing;
  throw new Refusal('secret_key_mismatch', {
    remedies: remedies(
      settings,
      await meta.get('env_file'),
      kept && createSealing(kept).fingerprint === expected ? keptFile : undefined,
    ),
  });
};

/**
 * Binds the database to this secret key when the first password is sealed, in the same transaction; until then
 * another key simply takes its place. Remembers the env file it came from, for whoever starts without it.
 */
export const bindSecretKey = async (
  tx: Transaction,
  sealing: Sealing,
  envFile: string | undefined,
): Promise<void> => {
  const bound = await tx.meta.get('secret_fingerprint');
  if (bound === sealing.fingerprint) return;
  if (bound !== undefined) {
    throw new Refusal('secret_key_mismatch', { remedies: 'Start again with the key of the database' });
  }
  await tx.meta.set('secret_fingerprint', sealing.fingerprint);
  if (envFile !== undefined) await tx.meta.set('env_file', envFile);
};

/** Remembers the env file that a start took the right key from, where it is another than last time. */
export const rememberEnvFile = async (store: Store, envFile: string | undefined): Promise<void> => {
  if (envFile === undefined || (await store.read.meta.get('secret_fingerprint')) === undefined) return;
  if ((await store.read.meta.get('env_file')) === envFile) return;
  await store.write(tx => tx.meta.set('env_file', envFile));
};

const readKept = (path: string): string | undefined => {
  if (!existsSync(path)) return undefined;
  refuseExposed(path);
  return readFileSync(path, 'utf8').trim() || undefined;
};

const makeKept = (directory: string, path: string): string | undefined => {
  privateDirectory(directory);
  createPrivateFile(path, `${randomBytes(randomKeyBytes).toString('base64url')}\n`);
  // Where several processes start at once, all of them take the one that was made first.
  return readKept(path);
};

const remedies = (
  settings: KeySettings,
  lastEnvFile: string | undefined,
  keptFile: string | undefined,
): string => {
  if (lastEnvFile !== undefined && lastEnvFile !== settings.envFile) {
    return `The env file used last time was ${lastEnvFile}. Start with: --env-file ${shellQuoted(lastEnvFile)}`;
  }
  if (keptFile !== undefined)
    return `The right one is kept in ${keptFile}. Start without LANGINFRA_SECRET_KEY`;
  return 'Start with the LANGINFRA_SECRET_KEY that was used when the first user got a password';
};
