/** After it was read, what a console shows is not read again for so long, in milliseconds, however much changes meanwhile. */
const rest = 200;

export type Pace = ReturnType<typeof createPace>;

/**
 * Reads again what is shown when the store has changed: at once, or a moment after it was read last, and never while
 * nobody can see it. What changes while it is being read has it read once more; the last change is always read.
 */
export const createPace = (read: () => Promise<void>) => {
  let isSeen = true;
  let isStale = false;
  let startedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  let returning: Promise<void> | undefined;
  let waiting: NodeJS.Timeout | undefined;
  let isClosed = false;

  const start = (): void => {
    isStale = false;
    startedAt = performance.now();
    reading = read().finally(() => {
      reading = undefined;
      go();
    });
  };
  const go = (): void => {
    if (!isStale || !isSeen || isClosed || reading) return;
    clearTimeout(waiting);
    const left = startedAt + rest - performance.now();
    if (left <= 0) start();
    else waiting = setTimeout(go, left).unref();
  };

  return {
    /** Something of what is shown may have changed. */
    hear: (): void => {
      isStale = true;
      go();
    },
    /** It is seen from now on, or hidden. What has changed meanwhile is read at once. */
    seen: (now: boolean): void => {
      const isBack = now && !isSeen;
      isSeen = now;
      if (!isBack || !isStale || isClosed) return;
      clearTimeout(waiting);
      if (!reading) start();
      const turn = reading?.finally(() => {
        if (returning === turn) returning = undefined;
      });
      returning = turn;
    },
    /** What keys wait for: until that which changed while it was hidden is read. Undefined where nothing is. */
    settling: (): Promise<void> | undefined => returning,
    close: (): void => {
      isClosed = true;
      clearTimeout(waiting);
    },
  };
};
