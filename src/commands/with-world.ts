import type { Actor } from '../accounts/actor.ts';
import { loadSettings, type Settings } from '../settings.ts';
import { openWorld, type World } from '../world.ts';
import { note, sayLongUpgrade, warn } from './output.ts';

/** What every command takes. */
export type CommonFlags = { envFile?: string | undefined };

/** A command acts with the authority of whoever may write the database file, and is recorded as that OS user. */
export type CommandWorld = World & { operator: Actor };

/** The settings of a command; what a person should know of them has been said. */
export const settingsOf = (flags: CommonFlags): Settings => {
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
): Promise<T> => {
  const world = await openWorld(settings, { ...options, onLongUpgrade: sayLongUpgrade });
  try {
    return await work({ ...world, operator: operatorOf(settings) });
  } finally {
    await world.close();
  }
};

/** Names the database that was changed, or says that a dry run changed nothing. */
export const sayWhatChanged = (world: World, dryRun: boolean): void => {
  note(dryRun ? `Dry run: ${world.store.path} was not changed` : `Database: ${world.store.path}`);
};
