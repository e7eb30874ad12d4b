import { resolve } from 'node:path';
import type { Argv } from 'yargs';
import type { ImportPlan, RowResult } from '../../accounts/import-users.ts';
import { Refusal } from '../../refusal.ts';
import { counted, printable } from '../../text.ts';
import { json, outputOf } from '../output.ts';
import { showProgress } from '../progress.ts';
import { type CommonFlags, refuseFilesOf, sayWhatChanged, withWorldOf } from '../with-world.ts';
import { asWritten, refuseNameless } from '../words.ts';
import { type Format, formatOf, formats, openRows } from './rows/open.ts';

type Flags = CommonFlags & {
  file: string;
  format?: Format;
  skipExisting: boolean;
  dryRun: boolean;
  json: boolean;
};

/** Adding so many holds up everybody who writes for longer than they wait. */
const many = 20_000;
/** Of so many rows, each that is added is named; of more only what is out of the usual. */
const mostNamed = 1000;

export const builder = <T>(yargs: Argv<T>) =>
  yargs
    .positional('file', {
      type: 'string',
      describe: 'the file to read, or - for stdin',
      demandOption: true,
      coerce: asWritten,
    })
    .option('format', { choices: formats, describe: 'json for .json, .jsonl and .ndjson, else csv' })
    .option('skip-existing', {
      type: 'boolean',
      default: false,
      describe: 'leave out who exists; else that is a reason to add nobody',
    })
    .example('$0 users import users.csv --dry-run', 'says of each row what would become of it')
    .example('$0 users import users.csv', 'adds all of them, or nobody')
    .epilogue(
      'Columns: username; password, or password_hash (bcrypt), or neither: nobody signs in then until a password is set; is_active, is_superuser, must_change, profile_image, create_at, last_login_at, id. Of JSON: an array of objects with these keys, or one object on each line.',
    );

/** Adds the users of a file, all of them or nobody. Throws rows_refused, rows_exist and bad_file. */
export const handler = async (flags: Flags): Promise<void> => {
  const { file, format = formatOf(file), skipExisting, dryRun } = flags;
  refuseNameless(file);
  if (file !== '-') refuseFilesOf(flags, 'A file to read, other than - for stdin,');
  await withWorldOf(flags, { create: false, rehearsal: dryRun }, async world => {
    const { users } = world.accounts;
    const { unit, rows } = await openRows(file, format, flags.caller?.stdin);
    const plan = await users.planImport(world.operator, rows, { unit, skipExisting });
    if (plan.refused.length > 0) {
      await tell(flags, unit, plan, 'not added');
      if (dryRun) sayWhatChanged(world, dryRun, flags);
      throw refusalOf(plan);
    }
    if (plan.toAdd >= many)
      outputOf(flags).note(
        `Adding ${counted(plan.toAdd, 'user')} takes a while, in which nobody else can sign in or change anything on this database`,
      );
    if (!dryRun && plan.toAdd > 0) {
      const hashing = showProgress(flags, plan.toHash);
      const writing = showProgress(flags, plan.toAdd);
      try {
        await users.applyImport(
          world.operator,
          plan,
          { file: file === '-' ? file : resolve(file) },
          { onHashed: hashing.tell, onWritten: writing.tell },
        );
      } finally {
        writing.end();
      }
    }
    await tell(flags, unit, plan, dryRun ? 'would be added' : 'added');
    sayWhatChanged(world, dryRun, flags);
  });
};

/** Where nothing but users who exist is in the way, it is that. */
const refusalOf = ({ refused, rows }: ImportPlan): Refusal => {
  const exist = refused.every(row => row.refused?.code === 'username_unavailable');
  return new Refusal(exist ? 'rows_exist' : 'rows_refused', { count: refused.length, of: rows });
};

const tell = async (flags: Flags, unit: string, plan: ImportPlan, became: string): Promise<void> => {
  if (flags.json) return tellAsJson(flags, unit, plan, became);
  const { resultPart, note } = outputOf(flags);
  const { refused, skipped, toAdd, rows } = plan;
  const line = ({ place, username }: RowResult, said: string): string =>
    `${unit} ${place}: ${username === '' ? 'no name' : printable(username)}: ${said}\n`;
  const others = [
    ...refused.map(row => line(row, `refused: ${row.refused?.sentence}`)),
    ...skipped.map(row => line(row, 'left out: it exists')),
  ];
  for (const text of others) if (!(await resultPart(text))) return;
  if (refused.length > 0) return;
  if (rows <= mostNamed) for (const row of plan.added()) await resultPart(line(row, became));
  else note('Each row is in the result of --json');
  const left = skipped.length > 0 ? `, ${counted(skipped.length, 'who exists', 'who exist')} left out` : '';
  const done = flags.dryRun ? 'Dry run: would add' : 'Added';
  await resultPart(`${done} ${counted(toAdd, 'user')}${left}\n`);
};

/** One document, row by row. */
const tellAsJson = async (flags: Flags, unit: string, plan: ImportPlan, became: string): Promise<void> => {
  const { resultPart } = outputOf(flags);
  const { refused, skipped, toAdd } = plan;
  const counts = { added: refused.length > 0 ? 0 : toAdd, skipped: skipped.length, refused: refused.length };
  const head = { ...counts, dry_run: flags.dryRun };
  const { dashed } = await import('../../accounts/user-json.ts');
  let separator = `${json(head, 0).slice(0, -1)},"rows":[`;
  const part = (row: RowResult, result: string): Promise<boolean> => {
    const id = row.id && became === 'added' ? { id: dashed(row.id) } : {};
    const why = row.refused ? { code: row.refused.code, detail: row.refused.sentence } : {};
    const text = `${separator}\n${json({ [unit]: row.place, username: row.username, ...id, result, ...why }, 0)}`;
    separator = ',';
    return resultPart(text);
  };
  for (const row of refused) if (!(await part(row, 'refused'))) return;
  for (const row of skipped) if (!(await part(row, 'skipped'))) return;
  for (const row of plan.added()) if (!(await part(row, became))) return;
  await resultPart(`${separator === ',' ? '' : separator}\n]}\n`);
};
