import { type Database, open } from 'sqlite';
import sqlite3 from 'sqlite3';
import { Refusal } from '../../refusal.ts';
import { explain } from './sqlite-errors.ts';

/** How long a copy waits for a lock that somebody else holds, in milliseconds. */
const busyTimeout = 5000;
/** Whatever it takes: the pages of one moment, in one go. Others go on reading and writing meanwhile. */
const allPages = -1;
/** None yet, only the lock. */
const noPages = 0;
/** A lock that is held is asked for again after so many milliseconds: between two writes of a busy server it is free. */
const tryAgain = 5;

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
 * or a database that it replaces in one transaction, also for whoever has it open. `beforehand` runs when nobody else can
 * write to that any more, and may still change what is copied; where it throws nothing is.
 * Throws the refusals named database_* for the file that is at fault.
 */
export const copyDatabase = async (
  from: string,
  to: string,
  beforehand?: () => Promise<void>,
): Promise<void> => {
  const source = await opened(from, sqlite3.OPEN_READONLY);
  try {
    await pagesOf(source.getDatabaseInstance(), to, beforehand);
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

const pagesOf = async (
  source: sqlite3.Database,
  to: string,
  beforehand: (() => Promise<void>) | undefined,
): Promise<void> => {
  const backup = await begun(source, to);
  try {
    if (beforehand) {
      // It takes the lock that writers need, which is held until the backup is finished.
      await step(backup, noPages);
      await beforehand();
    }
    if (!(await step(backup, allPages))) throw new Error('the copy was cut short');
  } finally {
    await new Promise<void>(resolve => backup.finish(resolve));
  }
};

const begun = (source: sqlite3.Database, to: string): Promise<Backup> =>
  new Promise((resolve, reject) => {
    const backup: Backup = (source as unknown as WithBackup).backup(to, 'main', 'main', true, error =>
      error ? reject(error) : resolve(backup),
    );
  });

/** Gives whether everything is copied. */
const step = (backup: Backup, pages: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const started = performance.now();
    const attempt = (): void =>
      backup.step(pages, (error, completed) => {
        if (!error) return resolve(completed);
        const isBusy = /SQLITE_(BUSY|LOCKED)/.test(String((error as { code?: string }).code));
        // The connection to the target is the backup's own, which waits for no lock.
        if (!isBusy || performance.now() - started > busyTimeout) return reject(error);
        setTimeout(attempt, tryAgain);
      });
    attempt();
  });

/**
 * Makes one file of a database that nobody else has open: without a WAL beside it, it can be moved and mailed.
 * Throws the refusals named database_*.
 */
export const closeUp = async (path: string): Promise<void> => {
  await asking(path, sqlite3.OPEN_READWRITE, db => db.exec('pragma journal_mode = delete'));
};

/** Throws database_corrupt where something is wrong with the structure of a database; others go on writing. */
export const refuseDamaged = async (path: string): Promise<void> => {
  const rows = await asking(path, sqlite3.OPEN_READONLY, db =>
    db.all<{ quick_check: string }[]>('pragma quick_check'),
  );
  if (rows.some(row => row.quick_check !== 'ok')) throw new Refusal('database_corrupt', { path });
};

const asking = async <T>(path: string, mode: number, work: (db: Database) => Promise<T>): Promise<T> => {
  const db = await opened(path, mode);
  try {
    return await work(db);
  } catch (error) {
    throw explain(error, path);
  } finally {
    await db.close();
  }
};
