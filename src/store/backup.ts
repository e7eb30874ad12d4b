import { existsSync, renameSync, rmSync } from 'node:fs';
import { Refusal } from '../refusal.ts';
import { closeUp, copyDatabase } from './engines/sqlite-copy.ts';
import { fillPrivateFile, privateDraft } from './private-files.ts';

const companions = ['-wal', '-shm', '-journal'];

/**
 * Writes a copy of a database, as it is at one moment, into one private file, while others read and write. The file is
 * there whole or not at all.
 * Throws file_exists, file_unwritable, database_corrupt and the other refusals of databases.
 */
export const backUp = (path: string, to: string, { overwrite }: { overwrite: boolean }): Promise<void> =>
  fillPrivateFile(to, { overwrite }, async draft => {
    await copyDatabase(path, draft);
    if ((await closeUp(draft)).length > 0) throw new Refusal('database_corrupt', { path });
  });

/**
 * Works on a private copy of a backup beside the database whose place it is to take, and takes the copy away in the end.
 * Throws no_backup, backup_damaged and file_unwritable.
 */
export const withCopy = async <T>(
  backup: string,
  path: string,
  work: (copy: string) => Promise<T>,
): Promise<T> => {
  if (!existsSync(backup)) throw new Refusal('no_backup', { path: backup });
  const copy = privateDraft(path);
  try {
    await copyDatabase(backup, copy);
    if ((await closeUp(copy)).length > 0) throw new Refusal('backup_damaged', { path: backup });
    return await work(copy);
  } catch (error) {
    const isDamaged = error instanceof Refusal && error.code === 'database_corrupt';
    throw isDamaged ? new Refusal('backup_damaged', { path: backup }) : error;
  } finally {
    for (const suffix of ['', ...companions]) rmSync(`${copy}${suffix}`, { force: true });
  }
};

/**
 * Puts a copy that nobody has open in the place of a database: in one transaction, which whoever has it open sees like
 * any other change. What is written between the keeping and the replacing, some milliseconds, is lost. A damaged database cannot be written to; it is renamed, and the copy takes its name.
 * Gives where what was there before is kept; undefined where there was nothing.
 */
export const replaceDatabase = async (path: string, copy: string, at: Date): Promise<string | undefined> => {
  await closeUp(copy);
  if (!existsSync(path)) {
    // A WAL that was left behind belongs to another database.
    for (const suffix of companions) rmSync(`${path}${suffix}`, { force: true });
    renameSync(copy, path);
    return undefined;
  }
  const kept = `${path}.before-restore-${at.toISOString().replace(/[-:]|\.\d+/g, '')}`;
  try {
    await backUp(path, kept, { overwrite: false });
    await copyDatabase(copy, path);
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'database_corrupt')) throw error;
    for (const suffix of ['', ...companions])
      if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${kept}${suffix}`);
    renameSync(copy, path);
  }
  return kept;
};
