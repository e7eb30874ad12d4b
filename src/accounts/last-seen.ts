import type { Store } from '../store/open.ts';

/** What was seen is written down so long after the first of it, in milliseconds: one write for all of it. */
const interval = 10_000;

export type LastSeen = ReturnType<typeof createLastSeen>;

/** When sessions are used: kept here, and written in batches, for it changes often and matters little. */
export const createLastSeen = (store: Pick<Store, 'write'>, now: () => string) => {
  const seen = new Map<string, string>();
  let waiting: NodeJS.Timeout | undefined;

  const write = async (): Promise<void> => {
    clearTimeout(waiting);
    waiting = undefined;
    if (seen.size === 0) return;
    const batch = new Map(seen);
    seen.clear();
    // A database that is busy, full or closed loses a moment that nobody misses.
    await store.write(tx => tx.sessionLists.setSeen(batch)).catch(() => {});
  };

  return {
    /** Notes that a session is being used. */
    saw: (sessionId: string): void => {
      seen.set(sessionId, now());
      waiting ??= setTimeout(() => void write(), interval).unref();
    },
    /** Writes down what was noted. */
    close: write,
  };
};
