import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Argv } from 'yargs';
import { Refusal } from '../refusal.ts';
import type { Settings } from '../settings.ts';
import { replaceDatabase, withCopy } from '../store/backup.ts';
import { privateDirectory } from '../store/private-files.ts';
import { grouped, printable } from '../text.ts';
import { databasePath, openWorld } from '../world.ts';
import { checkLines } from './check.ts';
import { note, result, resultJson, sayLongUpgrade } from './output.ts';
import { confirm } from './users/confirm.ts';
import { type CommonFlags, operatorOf, settingsOf } from './with-world.ts';
import { asWritten } from './words.ts';

type Flags = CommonFlags & { file: string; yes: boolean; dryRun: boolean; json: boolean };

export const builder = (yargs: Argv) =>
  yargs
    .positional('file', {
      type: 'string',
      describe: 'what langinfra backup has written',
      demandOption: true,
      coerce: asWritten,
    })
    .option('yes', { type: 'boolean', default: false, describe: 'do it without a question' })
    .option('dry-run', {
      type: 'boolean',
      default: false,
      describe: 'check the backup and say what would happen, without doing it',
    })
    .option('json', { type: 'boolean', default: false, describe: 'print one JSON document' })
    .example('$0 restore langinfra-monday.db', 'checks it, asks, and keeps what was there before');

/**
 * Puts a backup in the place of the database, once it was checked with the secret key of today. Everybody is signed out
 * by it: who was signed out since the backup stays so. What was there before is kept beside it.
 */
export const handler = async (flags: Flags): Promise<void> => {
  const settings = settingsOf(flags);
  if (!flags.yes && !flags.dryRun && !process.stdin.isTTY)
    throw new Refusal('wrong_use', {
      sentence:
        'Without a terminal nobody can be asked: add --yes to go on, or --dry-run to check the backup only',
    });
  const file = resolve(flags.file);
  const path = databasePath(settings);
  if (dirname(path) === settings.configDir) privateDirectory(settings.configDir);
  await withCopy(file, path, async copy => {
    const users = await prepared(settings, copy, file);
    const what = `${grouped(users)} users of ${printable(file)}`;
    if (!flags.dryRun && !flags.yes && existsSync(path))
      await confirm(`Replace ${printable(path)} by the ${what}? Everybody is signed out. [y/N] `);
    const kept = flags.dryRun ? undefined : await replaceDatabase(path, copy, new Date());
    if (flags.json) resultJson({ file, database: path, users, kept: kept ?? null, dry_run: flags.dryRun });
    else result(flags.dryRun ? `Dry run: the ${what} can be restored` : `Restored the ${what}`);
    note(flags.dryRun ? `Dry run: ${path} was not changed` : `Database: ${path}`);
    if (kept !== undefined) note(`What was there before is kept in ${kept}`);
  });
};

/**
 * Brings the copy of a backup up to date, checks it and ends its sessions. Gives how many users it has. Throws
 * secret_key_mismatch, and backup_damaged after it said what is wrong.
 */
const prepared = async (settings: Settings, copy: string, file: string): Promise<number> => {
  const onCopy = { ...settings, databaseUrl: `sqlite:///${copy}` };
  const world = await openWorld(onCopy, { create: false, onLongUpgrade: sayLongUpgrade });
  try {
    const checks = await world.accounts.check();
    // A backup without a superuser can be mended once it is in its place.
    const isDamaged = checks.some(({ name, problems }) => name !== 'Superusers' && problems.length > 0);
    if (isDamaged) {
      for (const line of checkLines(checks)) note(line);
      throw new Refusal('backup_damaged', { path: file });
    }
    await world.accounts.sessions.endAll();
    await world.accounts.audit.tell(operatorOf(settings), 'restored', { file });
    return await world.store.readAside(reads => reads.health.countUsers());
  } finally {
    await world.close();
  }
};
