import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Refusal } from '../refusal.ts';
import { shellQuoted } from '../text.ts';
import { removedInTheEnd } from './removed-in-the-end.ts';

/** Files of ours are born with these modes; a chmod afterwards would leave a moment in which others can open them. */
const ownerOnly = 0o600;
const ownerOnlyDirectory = 0o700;
const othersMay = 0o077;
const othersMayWrite = 0o022;
const sticky = 0o1000;

const reasons: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'there is no such directory',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EEXIST: 'a part of the path is a file, not a directory',
  EISDIR: 'it is a directory, not a file',
  ENOTDIR: 'a part of the path is a file, not a directory',
  ENAMETOOLONG: 'the path is too long',
};

const reasonOf = (path: string, error: unknown): string => {
  const { code = 'unknown' } = (error ?? {}) as NodeJS.ErrnoException;
  const link = brokenLinkOn(path);
  return link ? `the symbolic link ${link} leads nowhere` : (reasons[code] ?? code);
};

/** The symbolic link on the way to a path that leads nowhere: what is said of the path itself makes no sense then. */
const brokenLinkOn = (path: string): string | undefined => {
  try {
    if (lstatSync(path).isSymbolicLink() && !existsSync(path)) return path;
  } catch {
    // It is not there either, or behind a directory that cannot be entered.
  }
  return dirname(path) === path ? undefined : brokenLinkOn(dirname(path));
};

const unreachable = (path: string, error: unknown): Refusal =>
  new Refusal('database_unreachable', { path, reason: reasonOf(path, error) });

/** What is known of a file; undefined where there is none. Throws database_unreachable. */
export const statOf = (path: string): Stats | undefined => {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw unreachable(path, error);
  }
};

/**
 * Makes a directory of ours, and the parents it lacks, 0700. One that exists keeps its mode, but is refused where others
 * may enter, list or write it.
 * Throws directory_unusable and file_exposed.
 */
export const privateDirectory = (path: string): void => {
  try {
    mkdirSync(path, { recursive: true, mode: ownerOnlyDirectory });
  } catch (error) {
    const isFile = (error as NodeJS.ErrnoException).code === 'EEXIST';
    const reason = isFile ? 'it is a file, not a directory' : reasonOf(path, error);
    throw new Refusal('directory_unusable', { path, reason });
  }
  if ((statOf(path)?.mode ?? 0) & othersMay)
    throw new Refusal('file_exposed', { path, mend: `chmod 700 ${shellQuoted(path)}` });
};

/**
 * Refuses the directory of a database that is kept elsewhere where others may write it: they could put files of their
 * own in the place of ours. Not where it is like /tmp, in which nobody replaces the files of others.
 */
const refuseOpenDirectory = (path: string): void => {
  const mode = statOf(path)?.mode ?? 0;
  if (mode & othersMayWrite && !(mode & sticky))
    throw new Refusal('file_exposed', { path, mend: `chmod go-w ${shellQuoted(path)}` });
};

/** Refuses a file of ours that other people of the machine can read or change. */
const refuseExposed = (path: string): void => {
  if ((statOf(path)?.mode ?? 0) & othersMay) {
    throw new Refusal('file_exposed', { path, mend: `chmod 600 ${shellQuoted(path)}` });
  }
};

/** The text of a private file; undefined where there is none. Throws file_unreadable and file_exposed. */
export const readPrivateFile = (path: string): string | undefined => {
  try {
    const text = readFileSync(path, 'utf8');
    refuseExposed(path);
    return text;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !brokenLinkOn(path)) return undefined;
    throw new Refusal('file_unreadable', { path, reason: reasonOf(path, error) });
  }
};

/**
 * Makes sure the database file is there and private. SQLite gives its WAL and shared-memory files the mode of
 * the database file, so one born 0600 keeps all three private from the first byte.
 * Throws no_database where it is missing and not to be made, database_unreachable, file_exposed.
 */
export const readyDatabaseFile = (path: string, create: boolean): void => {
  const found = statOf(path);
  if (found?.isDirectory()) {
    throw new Refusal('database_unreachable', { path, reason: 'it is a directory, not a file' });
  }
  if (!found && brokenLinkOn(path)) throw unreachable(path, undefined);
  // An empty file is what another process makes first; it holds no database yet.
  if (!create && !found?.size) throw new Refusal('no_database', { path });
  refuseOpenDirectory(dirname(path));
  if (!found) createDatabaseFile(path);
  // A crash leaves the other two behind, with the mode that the database had then.
  for (const suffix of ['', '-wal', '-shm']) refuseExposed(`${path}${suffix}`);
};

/** Remembers which file a path leads to. The function throws database_moved where it leads to another one, or to none. */
export const watchPlace = (path: string): (() => Promise<void>) => {
  const opened = statOf(path);
  return async () => {
    const now = await stat(path).catch(() => undefined);
    if (now?.ino !== opened?.ino || now?.dev !== opened?.dev) throw new Refusal('database_moved', { path });
  };
};

const createDatabaseFile = (path: string): void => {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: ownerOnlyDirectory });
    closeSync(openSync(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, ownerOnly));
  } catch (error) {
    // Another process that starts at the same time made it: that is as good.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statOf(path)) throw unreachable(path, error);
  }
};

/** An empty private file beside the one that it may become. Throws file_unwritable. */
export const privateDraft = (path: string): string => {
  // Not named by the process id: in a container it is the same at each start, and a crash may have left a draft.
  const draft = `${path}.${randomUUID()}.new`;
  try {
    writeFileSync(draft, '', { mode: ownerOnly, flag: 'wx' });
    return draft;
  } catch (error) {
    throw new Refusal('file_unwritable', { path, reason: reasonOf(path, error) });
  }
};

/**
 * Makes a private file that is there whole or not at all: `fill` writes a draft, which becomes the file when it is on
 * the disk. Throws file_exists where there is one that is not to be overwritten, file_unwritable, and what `fill` does.
 */
export const fillPrivateFile = async (
  path: string,
  { overwrite }: { overwrite: boolean },
  fill: (draft: string) => Promise<void>,
): Promise<void> => {
  if (!overwrite && existsSync(path)) throw new Refusal('file_exists', { path });
  const draft = privateDraft(path);
  try {
    await removedInTheEnd([draft], async () => {
      await fill(draft);
      if (overwrite) renameSync(draft, path);
      else linkSync(draft, path);
      flush(dirname(path));
    });
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new Refusal('file_exists', { path });
    throw new Refusal('file_unwritable', { path, reason: reasonOf(path, error) });
  }
};

/** Writes a private file, whole or not at all, in the place of any that is there. Throws file_unwritable. */
export const writePrivateFile = (path: string, content: string): Promise<void> =>
  fillPrivateFile(path, { overwrite: true }, async draft => writeFileSync(draft, content, { flush: true }));

/**
 * Puts a file in the place of another, which is kept under a third name. At every moment there is one of them in that
 * place. Gives whether there was one to be kept. Throws file_unwritable.
 */
export const putInPlace = (from: string, path: string, before: string): boolean => {
  try {
    const isThere = existsSync(path);
    if (isThere) linkSync(path, before);
    renameSync(from, path);
    flush(dirname(path));
    return isThere;
  } catch (error) {
    throw new Refusal('file_unwritable', { path, reason: reasonOf(path, error) });
  }
};

/** A name in a directory outlives a power cut once the directory is on the disk. */
const flush = (directory: string): void => {
  const opened = openSync(directory, constants.O_RDONLY);
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
};

/**
 * Writes a private file that either is there whole or not at all, and never replaces one: the content goes to
 * a file of its own first, whose link becomes the name. Gives false where the name was taken.
 * Throws file_unwritable.
 */
export const createPrivateFile = (path: string, content: string): boolean => {
  const draft = privateDraft(path);
  try {
    writeFileSync(draft, content);
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new Refusal('file_unwritable', { path, reason: reasonOf(path, error) });
  } finally {
    rmSync(draft, { force: true });
  }
};
