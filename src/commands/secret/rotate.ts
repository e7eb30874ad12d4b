import type { Argv } from 'yargs';
import { finishRotation } from '../../accounts/kept-key.ts';
import { type NewKey, refusePresent } from '../../accounts/new-key.ts';
import type { SealCounts } from '../../accounts/seals.ts';
import { Refusal } from '../../refusal.ts';
import type { Settings } from '../../settings.ts';
import { counted, grouped, printable } from '../../text.ts';
import { note, result, resultJson } from '../output.ts';
import { showProgress } from '../progress.ts';
import { confirm } from '../users/confirm.ts';
import { type CommandWorld, type CommonFlags, sayWhatChanged, settingsOf, withWorld } from '../with-world.ts';
import { givenKey, type KeyFlags, keyPlaceOf, nextKey, withOldKey } from './keys.ts';

type Flags = CommonFlags & KeyFlags & { yes: boolean; dryRun: boolean; json: boolean };

export const builder = (yargs: Argv) =>
  yargs
    .option('new-key-file', {
      type: 'string',
      requiresArg: true,
      describe: 'read the new key from this private file',
    })
    .option('new-key-stdin', {
      type: 'boolean',
      describe: 'read the new key from stdin, which may be a pipe',
    })
    .option('old-key-file', {
      type: 'string',
      requiresArg: true,
      describe: 'the key the database still has, where the settings have another',
    })
    .conflicts('new-key-file', 'new-key-stdin')
    .option('dry-run', {
      type: 'boolean',
      default: false,
      describe: 'look whether everything opens, without changing anything',
    })
    .option('yes', { type: 'boolean', default: false, describe: 'do it without a question' })
    .option('json', { type: 'boolean', default: false, describe: 'print one JSON document' })
    .example('$0 secret rotate', 'signs everybody out; API keys go on working')
    .example('$0 secret rotate --dry-run', 'how many passwords would be sealed anew')
    .example('$0 secret rotate --old-key-file old.key', 'the settings have the new key already');

/**
 * Goes over to a new secret key: everything is sealed anew in one transaction, and everybody is signed out. Throws
 * seals_broken, old_key_present, new_key_needed, new_key_weak, new_key_same and secret_key_mismatch.
 */
export const handler = async (flags: Flags): Promise<void> => {
  const settings = settingsOf(flags);
  if (!flags.yes && !flags.dryRun && !process.stdin.isTTY)
    throw new Refusal('wrong_use', {
      sentence:
        'Without a terminal nobody can be asked: add --yes to go on, or --dry-run to see what would be done',
    });
  const given = await givenKey(flags);
  const options = { create: false, rehearsal: flags.dryRun };
  await withWorld(withOldKey(settings, flags), options, async world => {
    if (flags.oldKeyFile !== undefined && given === undefined)
      refusePresent(settings, world.sealing, keyPlaceOf(settings));
    // A dry run is about what the present key opens; it goes without a new one.
    const next = flags.dryRun && given === undefined ? undefined : nextKey(settings, world.sealing, given);
    const plan = await counting(world, tell => world.accounts.keyRotation.plan(world.operator, tell));
    if (flags.dryRun || next === undefined) return sayPlan(world, plan, flags);
    const what = `${plan.sealed === 1 ? 'the password' : 'the passwords'} of ${counted(plan.sealed, 'user')}${alsoSecrets(plan)}`;
    if (!flags.yes) await confirm(`Seal ${what} with a new secret key? Everybody is signed out. [y/N] `);
    const done = await counting(world, tell => world.accounts.keyRotation.apply(world.operator, next, tell));
    const before = await finishRotation(world.store, settings.configDir);
    if (flags.json) resultJson(doneJson(world, settings, { done, next, before }));
    else
      result(
        `Sealed ${counted(done.sealed, 'password')}${alsoSecrets(done)} with the new secret key; everybody is signed out`,
      );
    sayWhatChanged(world, false);
    for (const line of whatNow(settings, next, before)) note(line);
  });
};

/** Does something with all users, with a line that counts them. */
const counting = async <T>(
  { store }: CommandWorld,
  work: (tell: (done: number) => void) => Promise<T>,
): Promise<T> => {
  const progress = showProgress({}, await store.readAside(reads => reads.health.countUsers()));
  try {
    return await work(progress.tell);
  } finally {
    progress.end();
  }
};

/** The secrets of one-time codes, where there are any. */
const alsoSecrets = ({ secrets }: SealCounts): string =>
  secrets === 0 ? '' : ` and the one-time codes of ${grouped(secrets)}`;

const sayPlan = (world: CommandWorld, plan: SealCounts, { json }: Flags): void => {
  const { sealed, plain, secrets } = plan;
  if (json)
    resultJson({
      database: world.store.path,
      resealed: sealed,
      plain,
      one_time_codes: secrets,
      dry_run: true,
    });
  else
    result(
      `Dry run: ${counted(sealed, 'password')}${alsoSecrets(plan)} would be sealed anew, and each of them opens`,
    );
  sayWhatChanged(world, true);
};

type Done = { done: SealCounts; next: NewKey; before: string | undefined };

const doneJson = (world: CommandWorld, settings: Settings, { done, next, before }: Done) => ({
  database: world.store.path,
  resealed: done.sealed,
  plain: done.plain,
  one_time_codes: done.secrets,
  dry_run: false,
  to_be_set: next.isToBeSet ? keyPlaceOf(settings) : null,
  key_before: before ?? null,
});

/** What a person has to do or to know afterwards. */
const whatNow = (settings: Settings, next: NewKey, before: string | undefined): string[] => [
  ...(next.isToBeSet
    ? [`Now set ${printable(keyPlaceOf(settings))} to the new key: with the old one nothing starts any more`]
    : []),
  ...(next.keepIn !== undefined ? [`The new key is kept in ${keyPlaceOf(settings)}`] : []),
  before === undefined
    ? 'Keep the old key for as long as you keep backups: those made until now open with it only'
    : `Backups made until now open with the old key only, which is in ${before}. Remove it with the last of them`,
  'Start the other Langinfra processes of this database again: they sign nobody in until then',
];
