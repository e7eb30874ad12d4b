import type { Console } from './console.ts';

/**
 * So long, in milliseconds, it is not looked at the clock: timers stand still while a machine sleeps, and what stands on its
 * screen must be gone a moment after it wakes up.
 */
const longestWait = 1000;

export type SessionWatch = {
  /** Notes that a key came. Gives whether it counts: one that comes late only wakes the lock screen. */
  used: () => boolean;
  /** Looks at the clock now. */
  look: () => void;
  close: () => void;
};

/**
 * Watches the time of whoever is signed in: `idle` is called when no key came for as long as the setting says, `over` when
 * the session has ended by itself. Where neither can happen, it does nothing.
 */
export const createSessionWatch = (
  { accounts, signedIn, lockScreen }: Pick<Console, 'accounts' | 'signedIn' | 'lockScreen'>,
  { idle, over }: { idle: () => void; over: () => void },
): SessionWatch => {
  const idleTime = accounts.settings.sessionIdleSeconds * 1000;
  const now = (): number => accounts.clock().getTime();
  let lastUsed = now();
  let waiting: NodeJS.Timeout | undefined;

  /** Milliseconds until then; Infinity where it never comes. */
  const untilIdle = (): number => {
    const user = signedIn.get()?.user;
    const isWatched = user && idleTime > 0 && lockScreen.get().length === 0;
    if (!isWatched || accounts.sessionLock.whyNot(user)) return Number.POSITIVE_INFINITY;
    // A clock that was set back would keep it open for as much longer.
    lastUsed = Math.min(lastUsed, now());
    return lastUsed + idleTime - now();
  };
  const untilOver = (): number => {
    const expiresAt = signedIn.get()?.session.expiresAt;
    return expiresAt ? Date.parse(expiresAt) - now() : Number.POSITIVE_INFINITY;
  };
  const look = (): void => {
    clearTimeout(waiting);
    if (untilOver() <= 0) over();
    if (untilIdle() <= 0) idle();
    // What has come is on its way: locking is at once, but signing out and ending ask the store.
    const wait = Math.min(...[untilIdle(), untilOver()].map(time => (time <= 0 ? longestWait : time)));
    if (wait < Number.POSITIVE_INFINITY) waiting = setTimeout(look, Math.min(wait, longestWait)).unref();
  };
  const restart = (): void => {
    lastUsed = now();
    look();
  };
  const stops = [
    signedIn.subscribe(look),
    // Signing in and unlocking are use.
    lockScreen.subscribe(restart),
  ];

  return {
    used: () => {
      const isLate = untilIdle() <= 0;
      if (isLate) look();
      else lastUsed = now();
      return !isLate;
    },
    look,
    close: () => {
      clearTimeout(waiting);
      for (const stop of stops) stop();
    },
  };
};
