import type { User } from '../store/users.ts';
import type { Actor } from './actor.ts';
import type { Context } from './context.ts';
import { existing } from './create-user.ts';
import { refuseOrdinary } from './list-users.ts';

/** Somebody who may try to sign in again at once, from everywhere, and how many failures are forgotten for it. */
export type Unlocked = { user: User; failures: number };

/** A superuser forgets the failed sign-ins to an account. Throws superuser_needed, session_ended and user_not_found. */
export const createUnlock =
  (context: Context) =>
  (actor: Actor, id: string): Promise<Unlocked> =>
    context.store.write(async tx => {
      await refuseOrdinary(context, tx, actor);
      const user = await existing(tx, id);
      const failures = await context.throttle.forgetAll(tx, user.username);
      await context.record(tx, { event: 'lock_cleared', actor, target: user });
      return { user, failures };
    });
