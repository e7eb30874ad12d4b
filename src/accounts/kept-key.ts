import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Reads, Store } from '../store/open.ts';
import {
  createPrivateFile,
  privateDirectory,
  putInPlace,
  readPrivateFile,
  writePrivateFile,
} from '../store/private-files.ts';
import { createSealing } from './sealing.ts';

/** The secret key that is kept in the config directory. */
export type KeptKey = {
  path: string;
  /** Empty where somebody emptied the file; undefined where there is none. */
  text: string | undefined;
  /** It still stands beside its place: a rotation ended after the database went over to it, and before it got there. */
  isBeside: boolean;
};

const fileName = 'secret_key';
const besideOf = (path: string): string => `${path}.new`;
const fingerprintOf = (key: string | undefined): string | undefined =>
  key ? createSealing(key).fingerprint : undefined;

export const randomKey = (): string => randomBytes(32).toString('base64url');

/**
 * Reads the kept key, for a database with this fingerprint. Where only the one beside it has that, the kept key is that
 * one. Throws file_unreadable and file_exposed.
 */
export const readKeptKey = (configDir: string, fingerprint: string | undefined): KeptKey => {
  const path = join(configDir, fileName);
  const text = readPrivateFile(path)?.trim();
  if (fingerprint === undefined || fingerprintOf(text) === fingerprint)
    return { path, text, isBeside: false };
  const beside = readPrivateFile(besideOf(path))?.trim();
  if (fingerprintOf(beside) === fingerprint) return { path, text: beside, isBeside: true };
  // Read again: another process may have put it in its place between the two readings.
  return { path, text: readPrivateFile(path)?.trim(), isBeside: false };
};

/** The file of a key that was kept before a rotation and has this fingerprint; undefined where there is none. */
export const findKeyBefore = (configDir: string, fingerprint: string): string | undefined => {
  return keysBefore(configDir).find(path => fingerprintOf(readPrivateFile(path)?.trim()) === fingerprint);
};

const keysBefore = (configDir: string): string[] => {
  if (!existsSync(configDir)) return [];
  return readdirSync(configDir)
    .filter(name => name.startsWith(`${fileName}.before-`))
    .map(name => join(configDir, name));
};

/** The file of the config directory whose key has this fingerprint, whatever it was kept for; undefined where none has. */
export const findKey = (configDir: string, fingerprint: string): string | undefined =>
  keyFilesOf(configDir).find(path => fingerprintOf(readPrivateFile(path)?.trim()) === fingerprint);

/** Where keys of the config directory are or would be: the kept one, the one beside it, and those of before. */
export const keyFilesOf = (configDir: string): string[] => {
  const path = join(configDir, fileName);
  return [path, besideOf(path), ...keysBefore(configDir)];
};

/** Keeps a new key, and gives the one that is kept: where several processes start at once, it is the first one's. */
export const keepNewKey = (configDir: string, path: string): string => {
  privateDirectory(configDir);
  const key = randomKey();
  return createPrivateFile(path, `${key}\n`) ? key : (readPrivateFile(path)?.trim() ?? key);
};

/**
 * Writes a key beside the kept one, whose place it takes once the database has gone over to it. Only inside the
 * transaction in which that happens: no other rotation writes one then. Throws file_unwritable and the refusals of
 * directories.
 */
export const layKeyBeside = async (configDir: string, key: string): Promise<void> => {
  privateDirectory(configDir);
  await writePrivateFile(besideOf(join(configDir, fileName)), `${key}\n`);
};

/**
 * Puts the key of a rotation in the place of the kept one, where the database has gone over to it: at the end of the
 * rotation, and at the next start where the process ended in between. The one before is kept under another name, for
 * backups open with it. Gives that name; undefined where there was nothing to do.
 */
export const finishRotation = async (
  store: Pick<Store, 'read' | 'write'>,
  configDir: string,
): Promise<string | undefined> => {
  const isDue = async (meta: Pick<Reads['meta'], 'get'>): Promise<boolean> =>
    readKeptKey(configDir, await meta.get('secret_fingerprint')).isBeside;
  const path = join(configDir, fileName);
  if (!existsSync(besideOf(path)) || !(await isDue(store.read.meta))) return undefined;
  return store.write(async tx => {
    // Asked again where nobody else writes: several processes may have found it.
    if (!(await isDue(tx.meta))) return undefined;
    const before = `${path}.before-${new Date().toISOString().replace(/[-:.]/g, '')}`;
    return putInPlace(besideOf(path), path, before) ? before : undefined;
  });
};
