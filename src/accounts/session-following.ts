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

  /** Tells those of now: whoever follows one of the sessions since the question was put is told in the place of another. */
  const tell = (isAbout: (who: Follower['who']) => boolean, change: Change): void => {
    for (const follower of [...followers])
      if (followers.has(follower) && isAbout(follower.who)) follower.look(change);
  };
  const askFor = async (change: Change): Promise<void> => {
    const asked = new Set([...followers].map(({ who }) => who.session.id));
    // Where the question goes wrong, each asks for itself, and finds out why.
    const users = await store.read.sessions.usersOf([...asked], now()).catch(() => undefined);
    tell(({ session, user }) => {
      const found = users?.get(session.id);
      // Another program that changes users may not know of versions.
      const isSame = found?.version === user.version && found.isActive === user.isActive;
      return asked.has(session.id) && !isSame;
    }, change);
  };
  const hear = (change: Change): void => {
    const { revoked, revokedOf, tables } = change;
    if (tables === undefined || (revoked && revokedOf === undefined)) void askFor(change);
    else if (revoked)
      tell(({ session, user }) => revokedOf?.has(session.id) || revokedOf?.has(user.id) || false, change);
  };

  return {
    /**
     * Calls `look` when the session may have ended, or its user may look different: at once where this process did it, else
     * within a second. That its time is over is no change, and not told; nor is what changed before it began, and whoever
     * begins later than the session looks once. Where the look finds out nothing, it is for whoever looks to try again: each
     * change is told once. Gives a function that stops it.
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
