import { canAsk } from '../with-world.ts';
import { type ChangeFlags, changeUser, shown } from './common.ts';
import { confirm } from './confirm.ts';

/** Deletes one user; on a terminal it asks first, and without one nothing is asked. */
export const handler = (flags: ChangeFlags & { yes: boolean }): Promise<void> =>
  changeUser(flags, async ({ accounts, operator }) => {
    const seen = await accounts.users.findByName(operator, flags.name);
    if (!flags.yes && !flags.dryRun && canAsk(flags))
      await confirm(`Delete ${shown(seen)} with its folders and sessions? This cannot be undone. [y/N] `);
    const user = await accounts.users.remove(operator, seen.id, seen);
    return { user, said: `${shown(user)} was deleted` };
  });
