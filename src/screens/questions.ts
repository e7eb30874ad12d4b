import { answered } from './answered.ts';
import type { Console } from './console.ts';

/**
 * The questions that a list puts to the store. A newer one makes those before it pointless: they are aborted, and end in
 * silence.
 */
export const createQuestions = (console: Pick<Console, 'attempt'>) => {
  let newest = new AbortController();
  let settling: Promise<void> | undefined;
  let asked = 0;

  /** Runs a reading for the newest question. Gives whether it was answered, and no newer one put in its place. */
  const attempt = async (work: (signal: AbortSignal) => Promise<void>): Promise<boolean> => {
    const { signal } = newest;
    asked += 1;
    try {
      const isDone = await answered(console, () =>
        work(signal).catch(error => {
          if (!signal.aborted) throw error;
        }),
      );
      return isDone && !signal.aborted;
    } finally {
      asked -= 1;
    }
  };

  return {
    attempt,
    /** Whether an answer is still to come. */
    isAsking: (): boolean => asked > 0,
    /** The signal of the newest question. */
    signal: (): AbortSignal => newest.signal,
    /** Puts a new question in the place of those before. Gives its signal. */
    replace: (): AbortSignal => {
      newest.abort();
      newest = new AbortController();
      return newest.signal;
    },
    /** As `attempt`, and keys wait for it. */
    settle: (work: (signal: AbortSignal) => Promise<void>): Promise<void> => {
      const running = attempt(work)
        .then(() => {})
        .finally(() => {
          if (settling === running) settling = undefined;
        });
      settling = running;
      return running;
    },
    /** What keys wait for; undefined where there is nothing to wait for. */
    settling: (): Promise<void> | undefined => settling,
    close: (): void => newest.abort(),
  };
};
