import type { Change } from '../store/revocations.ts';
import type { Context } from './context.ts';
import type { SignedIn } from './sessions.ts';

type Follower = {
  who: Pick<SignedIn, 'session' | 'user'>;
  look: (change: Change) => void;
};

/**
 * Tells those who have a session open when it is to be looked at again: of all the changes of the database hardly one is
 * about it. Where a change does not say whose it is, one question is asked for all of them.
 */
export const createSessionFollowing = ({ store, now }: Pick<Context, 'store' | 'now'>) => {
  const followers = new Set<Follower>();
  let stop: (() => void) | undefined;

  const askFor = async (asked: readonly Follower[], change: Change): Promise<void> => {
    const ids = asked.map(({ who }) => who.session.id);
    // Where the question goes wrong, each asks for itself, and finds out why.
    const users = await store.read.sessions.usersOf(ids, now()).catch(() => undefined);
    for (const follower of asked) {
      const { session, user } = follower.who;
      const found = users?.get(session.id);
      // Another program that changes users may not know of versions.
      const isSame = found?.version === user.version && found.isActive === user.isActive;
      if (!isSame && followers.has(follower)) follower.look(change);
    }
  };
  const hear = (change: Change): void => {
    const { revoked, revokedOf, tables } = change;
    if (tables === undefined || (revoked && revokedOf === undefined)) void askFor([...followers], change);
    else if (revoked)
      for (const { who, look } of [...followers])
        if (revokedOf?.has(who.session.id) || revokedOf?.has(who.user.id)) look(change);
  };

  return {
    /**
     * Calls `look` when the session may have ended, or its user may look different: at once where this process did it, else
     * within a second. That its time is over is no change, and not told. Begun as soon as somebody has signed in, it misses
     * nothing. Gives a function that stops it.
     */
    follow: (who: Follower['who'], look: Follower['look']): (() => void) => {
      const follower = { who, look };
      followers.add(follower);
      stop ??= store.onChange(hear);
      return () => {
        followers.delete(follower);
        if (followers.size > 0) return;
        stop?.();
        stop = undefined;
      };
    },
  };
};
