import type { Accounts } from '../../accounts/accounts.ts';
import type { SignedIn } from '../../accounts/sessions.ts';
import { Refusal } from '../../refusal.ts';
import { createPace } from '../../screens/pace.ts';

/** Longest time a timer of Node can wait, in milliseconds; a longer one would fire at once. */
const longestTimer = 2_147_483_647;

/**
 * Calls `ended` once, when a session has ended: by somebody, by a change of its user, or because its time was over. Gives
 * a function that stops the watching.
 */
export const watchSession = (accounts: Accounts, signedIn: SignedIn, ended: () => void): (() => void) => {
  const { actor, session } = signedIn;
  let isOver = false;
  const stop = (): void => {
    isOver = true;
    stopFollowing();
    clearTimeout(timer);
    looking.close();
  };
  /** Gives whether it was found out: a database that is busy says nothing of the session. */
  const check = async (): Promise<boolean> => {
    try {
      await accounts.sessions.current(actor);
      return true;
    } catch (error) {
      const hasEnded = error instanceof Refusal && error.code === 'session_ended';
      if (!hasEnded || isOver) return hasEnded;
      stop();
      ended();
      return true;
    }
  };
  const looking = createPace(check, 0);
  const stopFollowing = accounts.sessions.follow(signedIn, looking.hear);
  const { expiresAt } = session;
  const left = expiresAt === null ? undefined : Date.parse(expiresAt) - accounts.clock().getTime() + 1;
  const timer =
    left === undefined ? undefined : setTimeout(looking.hear, Math.min(longestTimer, Math.max(0, left)));
  timer?.unref();
  return stop;
};
