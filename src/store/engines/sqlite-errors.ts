import { accessSync, constants } from 'node:fs';
import { Refusal } from '../../refusal.ts';

/**
 * Turns what SQLite says went wrong with the file into a refusal a person can act on.
 * Anything else, a violated constraint for one, comes back as it was.
 * Codes: https://www.sqlite.org/rescode.html
 */
export const explain = (error: unknown, path: string): unknown => {
  const code = (error as { code?: unknown } | null)?.code;
  if (hinders(code) && isReadOnly(path)) return new Refusal('database_read_only', { path });
  switch (code) {
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return new Refusal('database_busy', { path });
    case 'SQLITE_FULL':
      return new Refusal('database_full', { path });
    case 'SQLITE_READONLY':
    case 'SQLITE_PERM':
    case 'SQLITE_AUTH':
      return new Refusal('database_unwritable', { path });
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
      return new Refusal('database_corrupt', { path });
    case 'SQLITE_CANTOPEN':
      return new Refusal('database_unwritable', { path });
    case 'SQLITE_IOERR':
      return new Refusal('database_unreachable', {
        path,
        reason: 'the disk or its file system reports an error',
      });
    default:
      return error;
  }
};

/** What SQLite says of a file system that takes nothing, and of other hindrances. */
const hinders = (code: unknown): boolean =>
  ['SQLITE_READONLY', 'SQLITE_CANTOPEN', 'SQLITE_IOERR'].includes(String(code));

/** Whether the file system takes nothing: it was mounted so, or the system has made it so after an error of the disk. */
const isReadOnly = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EROFS';
  }
};

const violates = (error: unknown, constraint: string): boolean =>
  (error as { code?: unknown } | null)?.code === 'SQLITE_CONSTRAINT' &&
  (error as Error).message.includes(`${constraint} constraint failed`);

/** Whether the error is a violated UNIQUE constraint. */
export const isDuplicate = (error: unknown): boolean => violates(error, 'UNIQUE');

/**
 * Waits for a deletion. Throws user_has_data where a row refers to what would be gone: one of a table of the Python
 * Langinfra, for ours have gone before.
 */
export const unlessReferredTo = async <T>(deleted: Promise<T>): Promise<T> => {
  try {
    return await deleted;
  } catch (error) {
    throw violates(error, 'FOREIGN KEY') ? new Refusal('user_has_data') : error;
  }
};

/** Waits for a row of a user to be written. Throws username_unavailable where another one has its name. */
export const unlessTaken = async <T>(written: Promise<T>): Promise<T> => {
  try {
    return await written;
  } catch (error) {
    throw isDuplicate(error) ? new Refusal('username_unavailable') : error;
  }
};
