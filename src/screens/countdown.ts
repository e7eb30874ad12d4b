/** Does something after so long, in milliseconds, of which what passes between `hold` and `release` does not count. */
export const createCountdown = (work: () => void) => {
  let timer: NodeJS.Timeout | undefined;
  /** What is left of it; undefined where nothing is to be done. */
  let left: number | undefined;
  let since = 0;
  let isHeld = false;

  const run = (): void => {
    if (left === undefined || isHeld) return;
    since = performance.now();
    timer = setTimeout(() => {
      left = undefined;
      work();
    }, left).unref();
  };
  return {
    /** Begins anew, whatever was left. */
    start: (milliseconds: number): void => {
      clearTimeout(timer);
      left = milliseconds;
      run();
    },
    stop: (): void => {
      clearTimeout(timer);
      left = undefined;
    },
    hold: (): void => {
      if (isHeld) return;
      isHeld = true;
      clearTimeout(timer);
      if (left !== undefined) left = Math.max(0, left - (performance.now() - since));
    },
    release: (): void => {
      if (!isHeld) return;
      isHeld = false;
      run();
    },
  };
};
