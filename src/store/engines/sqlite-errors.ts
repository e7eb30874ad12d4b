import { Refusal } from '../../refusal.ts';

/**
 * Turns what SQLite says went wrong with the file into a refusal a person can act on.
 * Anything else, a violated constraint for one, comes back as it was.
 * Codes: https://www.sqlite.org/rescode.html
 */
export const explain = (error: unknown, path: string): unknown => {
  const code = (error as { code?: unknown } | null)?.code;
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

const violates = (error: unknown, constraint: string): boolean =>
  (error as { code?: unknown } | null)?.code === 'SQLITE_CONSTRAINT' &&
  (error as Error).message.includes(`${constraint} constraint failed`);

/** Whether the error is a violated UNIQUE constraint. */
export const isDuplicate = (error: unknown): boolean => violates(error, 'UNIQUE');

/** Whether the error is a violated foreign key: another row refers to this one. */
export const isStillReferredTo = (error: unknown): boolean => violates(error, 'FOREIGN KEY');
