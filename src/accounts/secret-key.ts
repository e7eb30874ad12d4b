import { existsSync } from 'node:fs';
import { Refusal } from '../refusal.ts';
import { secretKeyIn } from '../settings/sources.ts';
import type { Reads, Store, Transaction } from '../store/open.ts';
import { shellQuoted } from '../text.ts';
import { findKeyBefore, type KeptKey, keepNewKey, randomKey, readKeptKey } from './kept-key.ts';
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

type MetaReads = Pick<Reads['meta'], 'get'>;
/** What says to which secret key a database is bound. */
export type BindingReads = { meta: MetaReads; health: Pick<Reads['health'], 'sealed'> };

/** The place of a key of the settings. */
export const placeOfGiven = (keyEnvFile: string | undefined): KeyPlace | undefined =>
  keyEnvFile ? { kind: 'env file', path: keyEnvFile } : undefined;

/**
 * The sealing for the secret key of the settings, else of the one kept in the config directory, else of a new
 * random one that is kept there from now on.
 * Throws secret_key_mismatch where the database's passwords were sealed with another, secret_key_empty, and the refusals
 * of files. No key is made then. Where somebody took the fingerprint away, what is sealed says with which key it was.
 */
export const openSealing = async (
  settings: KeySettings,
  reads: BindingReads,
  { keyEnvFile, rehearsal = false }: KeyOptions = {},
): Promise<Sealing> => {
  const { meta, health } = reads;
  const expected = await meta.get('secret_fingerprint');
  const sealed = expected === undefined ? await health.sealed() : undefined;
  const isRight = ({ fingerprint, isOwn }: Sealing): boolean =>
    expected === undefined ? sealed === undefined || isOwn(sealed) : expected === fingerprint;
  const kept = readKeptKey(settings.configDir, expected);
  const sealing = (): Sealing | undefined => {
    if (settings.secretKey !== undefined) return createSealing(settings.secretKey, placeOfGiven(keyEnvFile));
    const place: KeyPlace = { kind: 'kept file' };
    if (kept.text) return createSealing(kept.text, place);
    if (expected !== undefined || sealed !== undefined) return undefined;
    if (kept.text === '') throw new Refusal('secret_key_empty', { path: kept.path });
    return rehearsal
      ? createSealing(randomKey())
      : createSealing(keepNewKey(settings.configDir, kept.path), place);
  };
  const found = sealing();
  if (found && isRight(found)) return found;
  // A rotation may have come between the reading of the database and that of the file.
  if (expected !== (await meta.get('secret_fingerprint')))
    return openSealing(settings, reads, { keyEnvFile, rehearsal });
  const keptIsRight = Boolean(kept.text) && isRight(createSealing(kept.text ?? ''));
  const before = expected === undefined ? undefined : findKeyBefore(settings.configDir, expected);
  const known = { ...kept, keptIsRight, isRight, before, keyEnvFile };
  const remedies = await remediesFor(meta, known);
  throw new Refusal('secret_key_mismatch', { remedies });
};

/**
 * Refuses to write with another key than the one the database is bound to: somebody else bound it, or went over to a new
 * key, while this process ran. Throws secret_key_outdated.
 */
export const refuseOtherKey = async (
  meta: MetaReads,
  { fingerprint }: Pick<Sealing, 'fingerprint'>,
): Promise<void> => {
  const bound = await meta.get('secret_fingerprint');
  if (bound !== undefined && bound !== fingerprint) throw new Refusal('secret_key_outdated');
};

/**
 * Whether the database is bound to a secret key: it has its fingerprint, or something that is sealed. Whoever takes the
 * fingerprint away does not make it one that no password was stored in.
 */
export const isBound = async ({ meta, health }: BindingReads): Promise<boolean> =>
  (await meta.get('secret_fingerprint')) !== undefined || (await health.sealed()) !== undefined;

/** Whether somebody took the fingerprint away. */
export const lostFingerprint = async ({ meta, health }: BindingReads): Promise<boolean> =>
  (await meta.get('secret_fingerprint')) === undefined && (await health.sealed()) !== undefined;

/**
 * Binds the database to this key, whichever it was bound to before. Remembers where it came from, for whoever starts
 * without it.
 */
export const bindSecretKey = async (tx: Transaction, { fingerprint, keyPlace }: Sealing): Promise<void> => {
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

type Kept = KeptKey & {
  keptIsRight: boolean;
  /** Whether a key is the right one. */
  isRight: (sealing: Sealing) => boolean;
  /** The file of the right one, where it was kept before a rotation. */
  before: string | undefined;
  /** The env file that the wrong one came from. */
  keyEnvFile: string | undefined;
};

/** How to start with the right key, and how to go over to the other one. */
const remediesFor = async (meta: MetaReads, kept: Kept): Promise<string> => {
  const file = kept.keptIsRight && !kept.isBeside ? kept.path : kept.before;
  const oldKey = file === undefined ? 'FILE' : shellQuoted(file);
  const named = kept.keyEnvFile === undefined ? '' : `--env-file ${shellQuoted(kept.keyEnvFile)} `;
  const rotate = `langinfra secret rotate ${named}--old-key-file ${oldKey}`;
  return `${await wayBack(meta, kept)}. To go over to another key, with the right one in a file: ${rotate}`;
};

const wayBack = async (meta: MetaReads, kept: Kept): Promise<string> => {
  if (kept.keptIsRight) return `The right one is kept in ${kept.path}. Start without LANGINFRA_SECRET_KEY`;
  if (kept.before !== undefined)
    return `The right one was kept until a rotation. Start with: LANGINFRA_SECRET_KEY_FILE=${shellQuoted(kept.before)}`;
  const lastEnvFile = await meta.get('env_file');
  if (lastEnvFile) {
    const used = `The env file used last time was ${lastEnvFile}`;
    if (!existsSync(lastEnvFile)) return `${used}, which is not there any more. Put it back`;
    const key = secretKeyIn(lastEnvFile);
    if (key !== undefined && kept.isRight(createSealing(key)))
      return `${used}. Start with: --env-file ${shellQuoted(lastEnvFile)}`;
    // After a rotation to a key that somebody was told to set there, for one.
    return `${used}, which does not have the right key now. Set LANGINFRA_SECRET_KEY there to the key that was used with this database last`;
  }
  if (kept.text === undefined && (await meta.get('key_kept')))
    return `The key was kept in the config directory, and ${kept.path} is not there. Put it back, or say with LANGINFRA_CONFIG_DIR where it is`;
  if (kept.text === '') return `The file ${kept.path} is empty. Put back the key that was kept in it`;
  return 'Start with the LANGINFRA_SECRET_KEY that was used with this database last';
};
