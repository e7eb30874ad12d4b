import {
  closeSync,
  constants,
  linkSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { Refusal } from '../refusal.ts';

/** Files of ours are born with these modes; a chmod afterwards would leave a moment in which others can open them. */
const ownerOnly = 0o600;
const ownerOnlyDirectory = 0o700;
const othersMay = 0o077;
const othersMayWrite = 0o022;
const sticky = 0o1000;

const reasons: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file, not a directory',
  EEXIST: 'a part of the path is a file, not a directory',
  ENAMETOOLONG: 'the path is too long',
};

const unreachable = (path: string, error: unknown): Refusal => {
  const { code = 'unknown' } = error as NodeJS.ErrnoException;
  return new Refusal('database_unreachable', { path, reason: reasons[code] ?? code });
};

const modeOf = (path: string): { mode: number; directory: boolean } | undefined => {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found && { mode: found.mode, directory: found.isDirectory() };
  } catch (error) {
    throw unreachable(path, error);
  }
};

/**
 * Makes a directory of ours, and the parents it lacks, 0700. One that exists keeps its mode, but is refused
 * where others may write: they could put files of their own in the place of ours.
 */
export const privateDirectory = (path: string): void => {
  try {
    mkdirSync(path, { recursive: true, mode: ownerOnlyDirectory });
  } catch (error) {
    throw unreachable(path, error);
  }
  const mode = modeOf(path)?.mode ?? 0;
  if (mode & othersMayWrite && !(mode & sticky)) {
    throw new Refusal('file_exposed', { path, mend: `chmod 700 ${path}` });
  }
};

/** Refuses a file of ours that other people of the machine can read or change. */
export const refuseExposed = (path: string): void => {
  if ((modeOf(path)?.mode ?? 0) & othersMay) {
    throw new Refusal('file_exposed', { path, mend: `chmod 600 ${path}` });
  }
};

/**
 * Makes sure the database file is there and private. SQLite gives its WAL and shared-memory files the mode of
 * the database file, so one born 0600 keeps all three private from the first byte.
 * Throws no_database where it is missing and not to be made, database_unreachable, file_exposed.
 */
export const readyDatabaseFile = (path: string, create: boolean): void => {
  const found = modeOf(path);
  if (found?.directory) {
    throw new Refusal('database_unreachable', { path, reason: 'it is a directory, not a file' });
  }
  if (found) refuseExposed(path);
  else if (create) createDatabaseFile(path);
  else throw new Refusal('no_database', { path });
};

const createDatabaseFile = (path: string): void => {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: ownerOnlyDirectory });
    closeSync(openSync(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, ownerOnly));
  } catch (error) {
    // Another process that starts at the same time made it: that is as good.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !modeOf(path)) throw unreachable(path, error);
  }
};

/**
 * Writes a private file that either is there whole or not at all, and never replaces one: the content goes to
 * a file of its own first, whose link becomes the name. Gives false where the name was taken.
 */
export const createPrivateFile = (path: string, content: string): boolean => {
  const draft = `${path}.${process.pid}.new`;
  try {
    writeFileSync(draft, content, { mode: ownerOnly, flag: 'wx' });
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw unreachable(path, error);
  } finally {
    rmSync(draft, { force: true });
  }
};
