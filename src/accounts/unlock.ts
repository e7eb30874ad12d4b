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

/** What came of it, in words; the name as the place that shows it wants it. */
export const unlockedSentence = (name: string, { failures }: Pick<Unlocked, 'failures'>): string => {
  if (failures === 0) return `${name} had no failed sign-ins that hold it up`;
  const forgotten = failures === 1 ? '1 failed sign-in is' : `${failures} failed sign-ins are`;
  return `${name} can try to sign in at once from everywhere: ${forgotten} forgotten`;
};
