import { existsSync, renameSync, rmSync } from 'node:fs';
import { Kysely } from 'kysely';
import { Refusal, type RefusalCode } from '../refusal.ts';
import { type AuditHead, createAuditStore } from './audit.ts';
import { companions, withCompanions } from './companions.ts';
import { sqliteDialect } from './engines/sqlite.ts';
import { closeUp, copyDatabase, refuseDamaged } from './engines/sqlite-copy.ts';
import { createMetaStore } from './meta.ts';
import { whyNoFile } from './no-file.ts';
import { fillPrivateFile, privateDraft, refuseExposed } from './private-files.ts';
import { removedInTheEnd } from './removed-in-the-end.ts';
import type { Schema } from './schema.ts';

/**
 * Writes a copy of a database, as it is at one moment, into one private file, while others read and write. The file is
 * there whole or not at all.
 * Throws file_exists, file_unwritable, database_corrupt and the other refusals of databases.
 */
export const backUp = (path: string, to: string, { overwrite }: { overwrite: boolean }): Promise<void> =>
  fillPrivateFile(to, { overwrite }, async draft => {
    await copyWhole(path, draft);
  });

/** Copies into an empty draft. Throws database_corrupt for the source: a draft is only ever as damaged as that. */
const copyWhole = async (from: string, draft: string): Promise<void> => {
  try {
    await copyDatabase(from, draft);
    await closeUp(draft);
    await refuseDamaged(draft);
  } catch (error) {
    throw isAmong(error, 'database_corrupt') ? new Refusal('database_corrupt', { path: from }) : error;
  }
};

const isAmong = (error: unknown, ...codes: readonly RefusalCode[]): boolean =>
  error instanceof Refusal && codes.includes(error.code);

/**
 * Works on a private copy of a backup beside the database whose place it is to take, and takes the copy away in the end.
 * Throws no_backup, file_unreadable, file_exposed, backup_damaged, database_newer and
 * file_unwritable.
 */
export const withCopy = async <T>(
  backup: string,
  path: string,
  work: (copy: string) => Promise<T>,
): Promise<T> => {
  if (!existsSync(backup)) throw new Refusal('no_backup', { path: backup });
  const reason = whyNoFile(backup);
  if (reason) throw new Refusal('file_unreadable', { path: backup, reason });
  // Who can change it could make superusers of this database with it.
  refuseExposed(backup);
  const copy = privateDraft(path);
  return removedInTheEnd(withCompanions(copy), async () => {
    try {
      await copyWhole(backup, copy);
      return await work(copy);
    } catch (error) {
      // The copy is gone when somebody reads of it.
      if (isAmong(error, 'database_newer')) throw new Refusal('database_newer', { path: backup });
      // An empty file, or a database without tables, is no database.
      const isDamaged = isAmong(error, 'database_corrupt', 'no_database');
      throw isDamaged ? new Refusal('backup_damaged', { path: backup }) : error;
    }
  });
};

/** The last row of the audit of a database, of whatever version; undefined where none can be read. */
export const auditHeadOf = (path: string): Promise<AuditHead | undefined> =>
  readIn(path, db => createAuditStore(db).head());

/** The fingerprint of the secret key that a database is bound to; undefined where none can be read. */
export const fingerprintIn = (path: string): Promise<string | undefined> =>
  readIn(path, db => createMetaStore(db).get('secret_fingerprint'));

const readIn = async <T>(
  path: string,
  work: (db: Kysely<Schema>) => Promise<T | undefined>,
): Promise<T | undefined> => {
  if (!existsSync(path)) return undefined;
  const db = new Kysely<Schema>({ dialect: sqliteDialect(path, 'reader') });
  try {
    return await work(db);
  } catch {
    // It is damaged, or older than what is read.
    return undefined;
  } finally {
    await db.destroy();
  }
};

/**
 * Puts a copy that nobody has open in the place of a database: in one transaction, which whoever has it open sees like
 * any other change. Whoever writes meanwhile waits, so that all that was confirmed is in what is kept; `tell` may then
 * still write into the copy what is replaced. A damaged database cannot be written to; it is renamed, and the copy takes
 * its name.
 * Gives where what was there before is kept; undefined where there was nothing. Throws the refusals named database_*,
 * file_unwritable, and what `tell` does.
 */
export const replaceDatabase = async (
  path: string,
  copy: string,
  { at, tell }: { at: Date; tell: (replaced: AuditHead | undefined) => Promise<void> },
): Promise<string | undefined> => {
  let told: Promise<void> | undefined;
  const finish = async (): Promise<void> => {
    told ??= auditHeadOf(path).then(tell);
    await told;
    await closeUp(copy);
  };
  if (!existsSync(path)) {
    await finish();
    // A WAL that was left behind belongs to another database.
    for (const suffix of companions) rmSync(`${path}${suffix}`, { force: true });
    renameSync(copy, path);
    return undefined;
  }
  const kept = `${path}.before-restore-${at.toISOString().replace(/[-:]|\.\d+/g, '')}`;
  try {
    // Before the lock: in a large database it takes long.
    await refuseDamaged(path);
    // With a WAL it would stay open in the copying, and `tell` could not close it up again.
    await closeUp(copy);
    await copyDatabase(copy, path, async () => {
      await fillPrivateFile(kept, { overwrite: false }, async draft => {
        await copyDatabase(path, draft);
        await closeUp(draft);
      });
      await finish();
    });
  } catch (error) {
    if (!isAmong(error, 'database_corrupt')) throw error;
    await finish();
    for (const suffix of ['', ...companions])
      if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${kept}${suffix}`);
    renameSync(copy, path);
  }
  return kept;
};
