import { canAsk } from '../with-world.ts';
import { type ChangeFlags, changeUser, shown } from './common.ts';
import { confirm } from './confirm.ts';

/** Takes the second step of one user away; on a terminal it asks first, and without one nothing is asked. */
export const handler = (flags: ChangeFlags & { yes: boolean }): Promise<void> =>
  changeUser(flags, async ({ accounts, operator }) => {
    const seen = await accounts.users.findByName(operator, flags.name);
    const { oneTimeCodes } = await accounts.users.details(operator, seen.id);
    // Nobody is asked about what there is not: the rule says so.
    if (oneTimeCodes && !flags.yes && !flags.dryRun && canAsk(flags))
      await confirm(`Let ${shown(seen)} sign in with the password alone? All its sessions end. [y/N] `);
    const user = await accounts.secondStep.reset(operator, seen.id);
    const said = `${shown(user)} signs in with the password alone now; all its sessions have ended`;
    return { user, said, more: { one_time_codes: false } };
  });
