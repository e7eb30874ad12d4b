import { open } from 'sqlite';
import sqlite3 from 'sqlite3';
import { explain } from './sqlite-errors.ts';

/** How long a copy waits for a lock that somebody else holds, in milliseconds. */
const busyTimeout = 5000;
/** Whatever it takes: the pages of one moment, in one go. Others go on reading and writing meanwhile. */
const allPages = -1;

// The types of sqlite3 leave this part of it out (https://github.com/TryGhost/node-sqlite3/wiki/API).
type Backup = {
  retryErrors: number[];
  step: (pages: number, done: (error: Error | null, completed: boolean) => void) => void;
  finish: (done: () => void) => void;
};
type WithBackup = {
  backup: (
    file: string,
    here: 'main',
    there: 'main',
    isTarget: boolean,
    ready: (error: Error | null) => void,
  ) => Backup;
};

/**
 * Copies a database page by page (sqlite.org/backup.html) as it is at one moment, into a file that exists: an empty one,
 * or a database that it replaces in one transaction, also for whoever has it open.
 * Throws the refusals named database_* for the file that is at fault.
 */
export const copyDatabase = async (from: string, to: string): Promise<void> => {
  const source = await opened(from, sqlite3.OPEN_READONLY);
  try {
    await pagesOf(source.getDatabaseInstance(), to);
  } catch (error) {
    throw explain(error, to);
  } finally {
    await source.close();
  }
};

const opened = async (path: string, mode: number) => {
  try {
    const db = await open({ filename: path, driver: sqlite3.Database, mode });
    db.configure('busyTimeout', busyTimeout);
    return db;
  } catch (error) {
    throw explain(error, path);
  }
};

const pagesOf = (source: sqlite3.Database, to: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const backup: Backup = (source as unknown as WithBackup).backup(to, 'main', 'main', true, error => {
      if (error) return reject(error);
      copy(0);
    });
    const started = performance.now();
    const copy = (waited: number): void =>
      backup.step(allPages, (error, completed) => {
        const isBusy =
          error !== null && /SQLITE_(BUSY|LOCKED)/.test(String((error as { code?: string }).code));
        // The connection to the target is the backup's own, which waits for no lock.
        if (isBusy && waited < busyTimeout) {
          setTimeout(() => copy(performance.now() - started), 50);
          return;
        }
        backup.finish(() => (completed ? resolve() : reject(error ?? new Error('the copy was cut short'))));
      });
  });

/**
 * Makes one file of a database that nobody else has open: without a WAL beside it, it can be moved and mailed.
 * Gives what is wrong with its structure, nothing where all is well.
 */
export const closeUp = async (path: string): Promise<string[]> => {
  const db = await opened(path, sqlite3.OPEN_READWRITE);
  try {
    await db.exec('pragma journal_mode = delete');
    const rows = await db.all<{ quick_check: string }[]>('pragma quick_check');
    return rows.map(row => row.quick_check).filter(text => text !== 'ok');
  } catch (error) {
    throw explain(error, path);
  } finally {
    await db.close();
  }
};
