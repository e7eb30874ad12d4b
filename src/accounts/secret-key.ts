import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../refusal.ts';
import type { Reads, Store, Transaction } from '../store/open.ts';
import { createPrivateFile, privateDirectory, readPrivateFile } from '../store/private-files.ts';
import { shellQuoted } from '../text.ts';
import { createSealing, type KeyPlace, type Sealing } from './sealing.ts';

export type KeySettings = {
  readonly secretKey: string | undefined;
  readonly configDir: string;
  readonly envFile: string | undefined;
};

export type KeyOptions = {
  /** The env file that the key of the settings came from, where it did. */
  keyEnvFile?: string | undefined;
  /** Keeps no new key: what is sealed with it will be taken back. */
  rehearsal?: boolean | undefined;
};

const randomKey = (): string => randomBytes(32).toString('base64url');

/**
 * The sealing for the secret key of the settings, else of the one kept in the config directory, else of a new
 * random one that is kept there from now on.
 * Throws secret_key_mismatch where the database's passwords were sealed with another, secret_key_empty, and the refusals
 * of files. No key is made then.
 */
export const openSealing = async (
  settings: KeySettings,
  meta: Pick<Reads['meta'], 'get'>,
  { keyEnvFile, rehearsal = false }: KeyOptions = {},
): Promise<Sealing> => {
  const expected = await meta.get('secret_fingerprint');
  const keptFile = join(settings.configDir, 'secret_key');
  const kept = readPrivateFile(keptFile)?.trim();
  const sealing = (): Sealing | undefined => {
    if (settings.secretKey !== undefined)
      return createSealing(
        settings.secretKey,
        keyEnvFile ? { kind: 'env file', path: keyEnvFile } : undefined,
      );
    const place: KeyPlace = { kind: 'kept file' };
    if (kept) return createSealing(kept, place);
    if (expected !== undefined) return undefined;
    if (kept === '') throw new Refusal('secret_key_empty', { path: keptFile });
    return rehearsal
      ? createSealing(randomKey())
      : createSealing(keepNew(settings.configDir, keptFile), place);
  };
  const found = sealing();
  if (found && (expected === undefined || expected === found.fingerprint)) return found;
  const keptIsRight = Boolean(kept) && createSealing(kept ?? '').fingerprint === expected;
  const remedies = await remediesFor(settings, meta, { path: keptFile, text: kept, isRight: keptIsRight });
  throw new Refusal('secret_key_mismatch', { remedies });
};

/** Keeps a new key, and gives the one that is kept: where several processes start at once, it is the first one's. */
const keepNew = (directory: string, path: string): string => {
  privateDirectory(directory);
  const key = randomKey();
  return createPrivateFile(path, `${key}\n`) ? key : (readPrivateFile(path)?.trim() ?? key);
};

/**
 * Binds the database to this secret key when the first password is sealed, in the same transaction; until then
 * another key simply takes its place. Remembers where it came from, for whoever starts without it.
 */
export const bindSecretKey = async (tx: Transaction, { fingerprint, keyPlace }: Sealing): Promise<void> => {
  const bound = await tx.meta.get('secret_fingerprint');
  if (bound === fingerprint) return;
  if (bound !== undefined) {
    throw new Refusal('secret_key_mismatch', { remedies: 'Start again with the key of the database' });
  }
  await tx.meta.set('secret_fingerprint', fingerprint);
  if (keyPlace) await remember(tx, keyPlace);
};

/** Remembers where a start took the right key from, where that is another place than last time. */
export const rememberKeyPlace = async (store: Store, { keyPlace }: Sealing): Promise<void> => {
  if (!keyPlace || (await store.read.meta.get('secret_fingerprint')) === undefined) return;
  const { envFile, kept } = memoryOf(keyPlace);
  const isKnown = (await store.read.meta.get('env_file')) === envFile;
  if (isKnown && (await store.read.meta.get('key_kept')) === kept) return;
  await store.write(tx => remember(tx, keyPlace));
};

/** Of the kept file no path: a database and its config directory may be moved, and it is in the new place then. */
const memoryOf = (place: KeyPlace): { envFile: string; kept: string } =>
  place.kind === 'env file' ? { envFile: place.path, kept: '' } : { envFile: '', kept: 'yes' };

const remember = async (tx: Transaction, place: KeyPlace): Promise<void> => {
  const { envFile, kept } = memoryOf(place);
  await tx.meta.set('env_file', envFile);
  await tx.meta.set('key_kept', kept);
};

type Kept = { path: string; text: string | undefined; isRight: boolean };

const remediesFor = async (
  settings: KeySettings,
  meta: Pick<Reads['meta'], 'get'>,
  kept: Kept,
): Promise<string> => {
  if (kept.isRight) return `The right one is kept in ${kept.path}. Start without LANGINFRA_SECRET_KEY`;
  const lastEnvFile = await meta.get('env_file');
  if (lastEnvFile && lastEnvFile !== settings.envFile) {
    const used = `The env file used last time was ${lastEnvFile}`;
    return existsSync(lastEnvFile)
      ? `${used}. Start with: --env-file ${shellQuoted(lastEnvFile)}`
      : `${used}, which is not there any more. Put it back`;
  }
  if (kept.text === undefined && (await meta.get('key_kept')))
    return `The key was kept in the config directory, and ${kept.path} is not there. Put it back, or say with LANGINFRA_CONFIG_DIR where it is`;
  if (kept.text === '') return `The file ${kept.path} is empty. Put back the key that was kept in it`;
  return 'Start with the LANGINFRA_SECRET_KEY that was used when the first user got a password';
};
