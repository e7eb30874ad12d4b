import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Argv } from 'yargs';
import type { ExportedUser } from '../../accounts/export-users.ts';
import { userRecord } from '../../accounts/user-json.ts';
import { Refusal } from '../../refusal.ts';
import { fillPrivateFile } from '../../store/private-files.ts';
import { counted, grouped, namedAmong, printable } from '../../text.ts';
import { fileToWrite } from '../file-to-write.ts';
import { json, outputOf } from '../output.ts';
import { showProgress } from '../progress.ts';
import {
  type CommandWorld,
  type CommonFlags,
  refuseFilesOf,
  settingsOf,
  withWorldOf,
} from '../with-world.ts';
import { asWritten, refuseNameless } from '../words.ts';
import { type Format, formatOf, formats } from './rows/open.ts';

type Flags = CommonFlags & {
  file?: string;
  format?: Format;
  withHashes: boolean;
  overwrite: boolean;
  json: boolean;
};

export const builder = <T>(yargs: Argv<T>) =>
  yargs
    .positional('file', {
      type: 'string',
      describe: 'the file to write, private; stdout where none is given, or -',
      coerce: (file = '-') => (asWritten(file) === '-' ? undefined : asWritten(file)),
    })
    .option('format', {
      choices: formats,
      describe: 'json, lines of it, for .json, .jsonl and .ndjson; else csv',
    })
    .option('with-hashes', {
      type: 'boolean',
      default: false,
      describe: 'the bcrypt hashes of the passwords too, into a file only',
    })
    .option('overwrite', { type: 'boolean', default: false, describe: 'replace the file where there is one' })
    .example('$0 users export users.csv', 'everybody but the automatic account')
    .example('$0 users export move.csv --with-hashes', 'to sign in elsewhere with the same passwords');

/** Writes all users, the oldest first, into a file or to stdout. Throws hashes_lost once it is written. */
export const handler = (flags: Flags): Promise<void> => {
  const { file, withHashes } = flags;
  if (withHashes && file === undefined)
    throw new Refusal('wrong_use', {
      sentence: 'Hashes of passwords are written into a private file only: name one',
    });
  if (flags.json && file === undefined)
    throw new Refusal('wrong_use', {
      sentence:
        'What is printed are the users themselves: --format json has a line of JSON for each. For one document, use: langinfra users list --all --json',
    });
  if (file !== undefined) {
    refuseNameless(file);
    refuseFilesOf(flags, 'A file to write');
  }
  const { result, resultPart, resultJson, note } = outputOf(flags);
  const path = file === undefined ? undefined : fileToWrite(settingsOf(flags), file);
  return withWorldOf(flags, { create: false }, async world => {
    if (path === undefined) {
      await writeAll(world, flags, resultPart);
      return;
    }
    let written: Written = { users: 0, lost: [] };
    await fillPrivateFile(path, flags, async draft => {
      const handle = await open(draft, 'r+');
      try {
        written = await writeAll(world, flags, async text => {
          await handle.write(text);
          return true;
        });
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
    const { users } = written;
    if (flags.json) resultJson({ file: path, database: world.store.path, users });
    else result(`Exported ${counted(users, 'user')} to ${printable(path)}`);
    if (withHashes) note('Whoever has the file can try passwords on it: remove it when it was read');
    refuseLost(path, written.lost);
  });
};

/** How many users, and who without the password that they have. */
type Written = { users: number; lost: string[] };

/** Of so many users is said who they are. */
const mostNamed = 5;

/** Throws hashes_lost. */
const refuseLost = (path: string, lost: readonly string[]): void => {
  if (lost.length === 0) return;
  const more = lost.length - mostNamed;
  const whose = `${lost.slice(0, mostNamed).map(namedAmong).join(', ')}${more > 0 ? ` and ${grouped(more)} more` : ''}`;
  throw new Refusal('hashes_lost', { path, count: lost.length, whose });
};

/** Gives what was written. */
const writeAll = async (
  { accounts, operator }: CommandWorld,
  flags: Flags,
  write: (text: string) => Promise<boolean>,
): Promise<Written> => {
  const { file, format = formatOf(file), withHashes } = flags;
  const source = { file: file === undefined ? '-' : resolve(file), hashes: withHashes };
  const progress = showProgress(flags, await accounts.users.beginExport(operator, source));
  const isCsv = format === 'csv';
  const written: Written = { users: 0, lost: [] };
  let formulas = 0;
  try {
    if (isCsv && !(await write(`${header(withHashes)}\r\n`))) return written;
    for await (const users of accounts.users.exported(operator, { hashes: withHashes })) {
      const lines = users.map(user => valuesOf(user, withHashes));
      const text = lines.map(values => (isCsv ? csvLine(Object.values(values)) : `${json(values, 0)}\n`));
      if (!(await write(text.join('')))) return written;
      written.users += users.length;
      for (const { user, isHashLost } of users) if (isHashLost) written.lost.push(user.username);
      formulas += users.filter(({ user }) => /^[=+\-@]/.test(user.username)).length;
      if (file !== undefined) progress.tell(written.users);
    }
  } finally {
    progress.end();
  }
  // The names stay as they are: one with a sign before it would be another name when it is read again.
  if (isCsv && formulas > 0)
    outputOf(flags).warn(
      `${counted(formulas, 'username begins', 'usernames begin')} with = + - or @, which a spreadsheet takes for ${formulas === 1 ? 'a formula' : 'formulas'}: open the file there as text only`,
    );
  return written;
};

const valuesOf = ({ user, hash }: ExportedUser, withHashes: boolean) => ({
  ...userRecord(user),
  ...(withHashes && { password_hash: hash?.hash ?? null, password_form: hash?.form ?? null }),
});

const header = (withHashes: boolean): string =>
  [
    ...['id', 'username', 'profile_image', 'store_api_key', 'is_active', 'is_superuser', 'create_at'],
    ...['updated_at', 'last_login_at', 'version', 'must_change'],
    ...(withHashes ? ['password_hash', 'password_form'] : []),
  ].join();

/** A line as RFC 4180 has it: quotes around what holds a comma, a quote or a line break, and each quote twice. */
const csvLine = (values: readonly unknown[]): string =>
  `${values.map(value => csvField(value === null ? '' : String(value))).join()}\r\n`;

const csvField = (text: string): string =>
  /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
