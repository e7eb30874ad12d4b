import { Refusal } from '../refusal.ts';
import type { User } from '../store/users.ts';
import { counted } from '../text.ts';
import type { Actor } from './actor.ts';
import type { Context } from './context.ts';
import { existing } from './create-user.ts';
import { refuseOrdinary } from './list-users.ts';
import { sourceOf } from './network.ts';
import type { Lock } from './throttle.ts';

/** Somebody who may try to sign in again at once, and how many failures are forgotten for it. */
export type Unlocked = {
  user: User;
  failures: number;
  /** From where nobody can sign in now, whoever it is: that stays. */
  sources: readonly Lock[];
};

/** A superuser forgets the failed sign-ins to an account. Throws superuser_needed, session_ended and user_not_found. */
export const createUnlock =
  (context: Context) =>
  (actor: Actor, id: string): Promise<Unlocked> =>
    context.store.write(async tx => {
      await refuseOrdinary(context, tx, actor);
      const user = await existing(tx, id);
      const failures = await context.throttle.forgetAll(tx, user.username);
      if (failures > 0) await context.record(tx, { event: 'lock_cleared', actor, target: user });
      return { user, failures, sources: await context.throttle.sourcesHeldUp(tx) };
    });

/** An address from which people may try again at once, or its network, and how many failures are forgotten for it. */
export type UnlockedSource = { source: string; failures: number };

/**
 * A superuser forgets the failed sign-ins from an address or its network, to whichever account. Throws superuser_needed,
 * session_ended and no_address.
 */
export const createUnlockSource =
  (context: Context) =>
  (actor: Actor, address: string): Promise<UnlockedSource> =>
    context.store.write(async tx => {
      await refuseOrdinary(context, tx, actor);
      const source = sourceOf(address);
      if (source === undefined) throw new Refusal('no_address', { text: address });
      const failures = await context.throttle.forgetSource(tx, source);
      if (failures > 0) await context.record(tx, { event: 'source_unlocked', actor, after: { source } });
      return { source, failures };
    });

/** What came of it, in words; the name as the place that shows it wants it. */
export const unlockedSentence = (
  name: string,
  { failures, sources }: Pick<Unlocked, 'failures' | 'sources'>,
): string => {
  const [first, ...others] = sources;
  const held = first && `${first.source}${others.length > 0 ? ` and ${others.length} more` : ''}`;
  if (failures === 0)
    return `${name} had no failed sign-ins that hold it up${held ? `, but from ${held} nobody can sign in now` : ''}`;
  const where = held ? `, but not from ${held}, where nobody can` : ' from everywhere';
  return `${name} can try again at once${where}: ${forgotten(failures)}`;
};

/** What came of it for an address, in words. */
export const unlockedSourceSentence = ({ source, failures }: UnlockedSource): string =>
  failures === 0
    ? `From ${source} no sign-ins have failed that hold it up`
    : `From ${source} people can try again at once: ${forgotten(failures)}`;

const forgotten = (failures: number): string => `${counted(failures, 'failed sign-in')} forgotten`;
