import type { Refusal } from '../refusal.ts';

type Waiting = { account: string; end: AbortController };

/**
 * The sign-ins that wait in this process for their password to be checked. Those that would be refused afterwards,
 * whatever came of it, are sent away: a few hundred guesses at once would keep the cores busy for half a minute.
 */
export const createWaitingSignIns = () => {
  const bySource = new Map<string, Set<Waiting>>();

  return {
    /** Runs a check with a signal that ends its waiting: the given one, or its being sent away. */
    during: async <T>(
      { account, source }: { account: string; source: string },
      signal: AbortSignal | undefined,
      check: (signal: AbortSignal) => Promise<T>,
    ): Promise<T> => {
      const waiting = { account, end: new AbortController() };
      const ofSource = bySource.get(source) ?? new Set();
      bySource.set(source, ofSource.add(waiting));
      try {
        return await check(signal ? AbortSignal.any([signal, waiting.end.signal]) : waiting.end.signal);
      } finally {
        ofSource.delete(waiting);
        if (ofSource.size === 0) bySource.delete(source);
      }
    },

    /** Sends those from a source away; those to one account where that is given. */
    sendAway: (reason: Refusal, source: string, account?: string): void => {
      for (const waiting of bySource.get(source) ?? [])
        if (account === undefined || waiting.account === account) waiting.end.abort(reason);
    },
  };
};
