/** After it was read, what a console shows is not read again for so long, in milliseconds, however much changes meanwhile. */
const usualRest = 200;
/** After a reading that gave no answer the next one waits so long, in milliseconds, and each time twice as long, up to this. */
const firstPatience = 250;
const longestPatience = 4000;

export type Pace = ReturnType<typeof createPace>;

/**
 * Reads again what may have changed: at once, or a moment after it was read last (`rest`, in milliseconds), and never while
 * nobody can see it. What changes while it is being read has it read once more; the last change is always read. `read` gives
 * whether it was answered, and is tried again in a moment where it was not: nobody tells of the same change twice.
 */
export const createPace = (read: () => Promise<boolean>, rest = usualRest) => {
  let isSeen = true;
  let isStale = false;
  let restsUntil = Number.NEGATIVE_INFINITY;
  /** How many readings in a row gave no answer, since something was heard. */
  let failures = 0;
  let reading: Promise<void> | undefined;
  let returning: Promise<void> | undefined;
  let waiting: NodeJS.Timeout | undefined;
  let isClosed = false;

  const readNow = async (): Promise<void> => {
    if (await read()) {
      failures = 0;
      return;
    }
    isStale = true;
    restsUntil = performance.now() + Math.min(longestPatience, firstPatience * 2 ** failures);
    failures += 1;
  };
  const start = (): void => {
    clearTimeout(waiting);
    isStale = false;
    restsUntil = performance.now() + rest;
    reading = readNow().finally(() => {
      reading = undefined;
      go();
    });
  };
  const go = (): void => {
    if (!isStale || !isSeen || isClosed || reading) return;
    clearTimeout(waiting);
    const left = restsUntil - performance.now();
    if (left <= 0) start();
    else waiting = setTimeout(go, left).unref();
  };
  /** Reads what has changed, after what is being read already: that may have been read before the change. */
  const catchUp = async (): Promise<void> => {
    await reading;
    if (isStale && isSeen && !isClosed) start();
    await reading;
  };

  return {
    /** Something of what is shown may have changed. */
    hear: (): void => {
      isStale = true;
      // Whoever tells of it has had an answer.
      if (failures > 0 && !reading) restsUntil = Math.min(restsUntil, performance.now() + rest);
      failures = 0;
      go();
    },
    /** It is seen from now on, or hidden. What has changed meanwhile is read at once. */
    seen: (now: boolean): void => {
      const isBack = now && !isSeen;
      isSeen = now;
      if (!isBack || !isStale || isClosed) return;
      const turn = catchUp().finally(() => {
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
