import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Argv } from 'yargs';
import type { Check } from '../accounts/check.ts';
import { findKey } from '../accounts/kept-key.ts';
import { Refusal } from '../refusal.ts';
import type { Settings } from '../settings.ts';
import type { AuditHead } from '../store/audit.ts';
import { fingerprintIn, replaceDatabase, withCopy } from '../store/backup.ts';
import { privateDirectory } from '../store/private-files.ts';
import { counted, printable } from '../text.ts';
import { databasePath } from '../world.ts';
import { checkLines } from './check.ts';
import { note, result, resultJson, warn } from './output.ts';
import { confirm } from './users/confirm.ts';
import { type CommandWorld, type CommonFlags, settingsOf, withWorld } from './with-world.ts';
import { asWritten, refuseStream } from './words.ts';

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
  refuseStream(flags.file);
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
    const onCopy = { ...settings, databaseUrl: `sqlite:///${copy}` };
    const opened = <T>(work: (world: CommandWorld) => Promise<T>): Promise<T> =>
      withWorld(onCopy, { create: false }, work).catch(async error => {
        throw (await otherKeyOf(error, copy, { file, settings })) ?? error;
      });
    const found = await opened(async world => {
      const { problems, mended } = await lookedOver(world, file);
      const users = await world.store.readAside(reads => reads.health.countUsers());
      const what = `${counted(users, 'user')} of ${printable(file)}`;
      if (flags.dryRun) return { problems, mended, users, what };
      if (!flags.yes && existsSync(path))
        await confirm(`Replace ${printable(path)} by the ${what}? Everybody is signed out. [y/N] `);
      await world.accounts.sessions.endAll();
      return { problems, mended, users, what };
    });
    const tell = (replaced: AuditHead | undefined) =>
      opened(({ accounts, operator }) =>
        accounts.audit.tell(operator, 'restored', { file, ...(replaced && { replaced }) }),
      );
    const kept = flags.dryRun ? undefined : await replaceDatabase(path, copy, { at: new Date(), tell });
    const { what, ...numbers } = found;
    if (flags.json)
      resultJson({ file, database: path, ...numbers, kept: kept ?? null, dry_run: flags.dryRun });
    else result(flags.dryRun ? `Dry run: the ${what} can be restored` : `Restored the ${what}`);
    note(flags.dryRun ? `Dry run: ${path} was not changed` : `Database: ${path}`);
    if (kept !== undefined) note(`What was there before is kept in ${kept}`);
  });
};

/** What to say instead of a mismatch of keys, whose remedies are for the database; undefined for another error. */
const otherKeyOf = async (
  error: unknown,
  copy: string,
  { file, settings }: { file: string; settings: Settings },
): Promise<Refusal | undefined> => {
  if (!(error instanceof Refusal) || error.code !== 'secret_key_mismatch') return undefined;
  const fingerprint = await fingerprintIn(copy);
  const found = fingerprint === undefined ? undefined : findKey(settings.configDir, fingerprint);
  return new Refusal('backup_of_other_key', {
    path: file,
    keyFile: found ?? 'FILE',
    isKnown: found !== undefined,
  });
};

/** Without these nobody could work with what is restored, or not everybody sign in. */
const needed: ReadonlySet<string> = new Set(['Structure', 'References', 'Passwords']);
/** What is made of the usernames, and can be made of them anew. */
const derived: ReadonlySet<string> = new Set(['Search index', 'Names']);

/**
 * Checks the copy of a backup, mends what can be mended in it, and says so and what else is wrong. Gives both. Throws
 * backup_damaged after it said what is wrong.
 */
const lookedOver = async ({ accounts, store }: CommandWorld, file: string) => {
  const first = wrongAmong(await accounts.check());
  if (first.some(({ name }) => needed.has(name))) {
    for (const line of checkLines(first)) note(line);
    throw new Refusal('backup_damaged', { path: file });
  }
  const isMendable = first.some(({ name }) => derived.has(name));
  if (isMendable) await store.write(tx => tx.health.mendNames());
  const left = isMendable ? wrongAmong(await accounts.check()) : first;
  const mended = first.map(({ name }) => name).filter(name => !left.some(check => check.name === name));
  for (const name of mended) note(`Mended in what is restored, not in the backup: ${name.toLowerCase()}`);
  const problems = left.flatMap(({ name, problems }) => problems.map(problem => `${name}: ${problem}`));
  for (const problem of problems) warn(problem);
  return { problems, mended };
};

const wrongAmong = (checks: readonly Check[]): Check[] =>
  checks.filter(({ problems }) => problems.length > 0);
