import { type Reason, Refusal } from '../refusal.ts';
import type { Session } from '../store/sessions.ts';
import type { User } from '../store/users.ts';
import { type Actor, sourceOf } from './actor.ts';
import type { Context } from './context.ts';
import { type FailedSignIns, failedBefore } from './failed-sign-ins.ts';
import { isRecovered } from './own-proof.ts';

/** Why the session of a user is never locked; nothing where it can be. */
const whyNotLock = ({ isAutomatic }: User): Reason | undefined =>
  isAutomatic ? 'nothing_to_unlock_with' : undefined;

/**
 * Whether a session ends where it would be locked: who was recovered has no password to unlock it with, and whoever finds the
 * form that asks for none must not set one.
 */
const endsIdle = (who: { user: User; session: Session }): boolean => isRecovered(who);

export type Unlocked = {
  /** What failed since this person was told last: somebody else may have tried. Undefined where nothing did. */
  failed: FailedSignIns | undefined;
  /** Ends when the audit has it, which waits for a change that is being written. */
  kept: Promise<void>;
};

/** Locking a console, which hides everything until the password is given again. The session goes on meanwhile. */
export const createSessionLock = (context: Context) => {
  const { store, passwords, throttle } = context;

  const userOf = async (reads: Parameters<Context['authority']>[0], actor: Actor): Promise<User> => {
    const { user } = await context.authority(reads, actor, { evenConfined: true });
    if (!user) throw new Refusal('session_ended');
    return user;
  };

  return {
    whyNot: whyNotLock,
    endsIdle,

    /**
     * Writes down that a session was locked, by the person or because nobody had used it, with the time of this call: a
     * change that is being written may keep it waiting. Throws session_ended.
     */
    locked: (actor: Actor, isIdle: boolean): Promise<void> => {
      const at = context.now();
      return store.write(async tx => {
        const target = await userOf(tx, actor);
        await context.record(tx, { event: 'session_locked', actor, target, at, after: { idle: isIdle } });
      });
    },

    /**
     * Whether whoever is there is the one who signed in. Wrong passwords count as failed sign-ins do: who finds a console
     * must not find out the password at it. The right one waits for no change that is being written.
     * Throws unlock_wrong, too_many_attempts, too_busy, session_ended and nothing_to_unlock_with.
     */
    unlock: async (actor: Actor, password: string): Promise<Unlocked> => {
      const user = await userOf(store.read, actor);
      const reason = whyNotLock(user);
      if (reason) throw new Refusal(reason);
      const source = sourceOf(actor);
      const tries = source === undefined ? undefined : throttle.signIn(user.username, source);
      await tries?.admit(store.read);
      const before = await store.read.users.credentials(user.id);
      if (!before) throw new Refusal('session_ended');
      const account = { id: user.id, stored: before.password };
      const line = tries ? 'strangers' : 'insiders';
      const { matches } = await passwords.check(password, account, 0, { line });

      const target = await userOf(store.read, actor);
      // Each console asks for one password at a time: what the others have got wrong meanwhile has been counted.
      await tries?.admit(store.read);
      if (matches && passwords.isStill(before, await store.read.users.credentials(target.id))) {
        const failed = await failedBefore(store.read, target.id);
        const at = context.now();
        const kept = store.write(async tx => {
          await tries?.forgetFailures(tx);
          await context.record(tx, { event: 'session_unlocked', actor, target, at });
        });
        return { failed, kept };
      }
      await store.write(async tx => {
        await tries?.countFailure(tx);
        await context.record(tx, { event: 'unlock_failed', actor, target, refused: 'unlock_wrong' });
        const seconds = await tries?.heldUp(tx);
        if (seconds) await context.record(tx, { event: 'locked', actor, target, after: { seconds } });
      });
      // Not thrown in there: that would take the count back.
      throw new Refusal('unlock_wrong');
    },
  };
};
