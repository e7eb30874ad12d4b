import { userRecord } from '../../accounts/user-json.ts';
import type { User } from '../../store/users.ts';
import { printable } from '../../text.ts';
import { outputOf } from '../output.ts';
import { type CommandWorld, type CommonFlags, sayWhatChanged, withWorldOf } from '../with-world.ts';

export type UserFlags = CommonFlags & { name: string; json: boolean };
export type ChangeFlags = UserFlags & { dryRun: boolean };

/** Runs a change of one user: prints what came of it, `more` in its JSON only, and names the database. */
export const changeUser = (
  flags: ChangeFlags,
  change: (world: CommandWorld) => Promise<{ user: User; said: string; more?: object }>,
): Promise<void> =>
  withWorldOf(flags, { create: false, rehearsal: flags.dryRun }, async world => {
    const { result, resultJson, warn } = outputOf(flags);
    const { user, said, more } = await change(world);
    if (flags.json) resultJson({ ...userRecord(user), ...more });
    else result(flags.dryRun ? `Dry run: ${said}` : said);
    // Where somebody is let in, by whatever name.
    const isLetIn = user.isActive || user.isSuperuser;
    const doubts = isLetIn ? await world.accounts.users.doubts(world.operator, user) : [];
    for (const doubt of doubts) warn(doubt);
    sayWhatChanged(world, flags.dryRun, flags);
  });

/** A username as a result shows it. */
export const shown = (user: User): string => printable(user.username);
