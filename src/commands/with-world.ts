import type { Actor } from '../accounts/actor.ts';
import { Refusal } from '../refusal.ts';
import { loadSettings, type Settings } from '../settings.ts';
import { openWorld, type World } from '../world.ts';
import type { Caller } from './caller.ts';
import { outputOf, sayLongUpgrade, warn } from './output.ts';

/** What every command takes. */
export type CommonFlags = { envFile?: string | undefined; caller?: Caller | undefined };

/**
 * A command acts with the authority of whoever may write the database file, and is recorded as that OS user; one that
 * somebody at a remote door has called acts as they have signed in.
 */
export type CommandWorld = World & { operator: Actor };

/** The settings of a command; what a person should know of them has been said. Throws option_not_remote. */
export const settingsOf = (flags: CommonFlags): Settings => {
  if (flags.caller) {
    if (flags.envFile !== undefined) throw new Refusal('option_not_remote', { option: '--env-file' });
    return flags.caller.world.settings;
  }
  const settings = loadSettings(flags);
  for (const warning of settings.warnings) warn(warning);
  return settings;
};

/** Whoever runs this command. */
export const operatorOf = ({ surroundings }: Settings): Actor => ({
  kind: 'operator',
  osUser: surroundings.osUser,
});

/** Runs a command on an open world and closes it again, whatever happens. */
export const withWorld = async <T>(
  settings: Settings,
  options: { create: boolean; rehearsal?: boolean },
  work: (world: CommandWorld) => Promise<T>,
  actor: Actor = operatorOf(settings),
): Promise<T> => {
  const world = await openWorld(settings, { ...options, onLongUpgrade: sayLongUpgrade });
  try {
    return await work({ ...world, operator: actor });
  } finally {
    await world.close();
  }
};

/** The same for whoever calls it: somebody at a remote door works on the world that is open there. */
export const withWorldOf = async <T>(
  flags: CommonFlags,
  options: { create: boolean; rehearsal?: boolean },
  work: (world: CommandWorld) => Promise<T>,
): Promise<T> => {
  const { caller } = flags;
  const settings = settingsOf(flags);
  if (caller && !options.rehearsal) return work({ ...caller.world, operator: caller.actor });
  return withWorld(settings, options, work, caller?.actor);
};

/** Whether a person sits at this command's terminal, and can be asked. */
export const canAsk = ({ caller }: CommonFlags): boolean => !caller && process.stdin.isTTY === true;

/** Refuses what is about a file of the computer that the program runs on. Throws option_not_remote. */
export const refuseFilesOf = ({ caller }: CommonFlags, option: string): void => {
  if (caller) throw new Refusal('option_not_remote', { option });
};

/** Names the database that was changed, or says that a dry run changed nothing. */
export const sayWhatChanged = (world: World, dryRun: boolean, flags: CommonFlags = {}): void => {
  const { note } = outputOf(flags);
  if (!flags.caller)
    note(dryRun ? `Dry run: ${world.store.path} was not changed` : `Database: ${world.store.path}`);
  else if (dryRun) note('Dry run: nothing was changed');
};
