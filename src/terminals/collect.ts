import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** So many sessions must have been open: what fewer of them leave behind is not worth a look at the whole heap. */
const worthIt = 10;
/** In milliseconds: sessions that end together are all gone by then. */
const moment = 1000;

/**
 * Gives the memory of remote sessions back to the system when half of those that were open have ended. By itself V8 looks
 * for what is no longer used when the heap has grown, which in a server that has become quiet is never; and it keeps the
 * pages. It takes about a tenth of a second, in which no console draws: hence only then. Gives a function that takes how
 * many sessions are open, whenever that has changed.
 */
export const createCollector = (): ((open: number) => void) => {
  let most = 0;
  let now = 0;
  let isDue = false;
  return open => {
    now = open;
    most = Math.max(most, open);
    if (isDue || most < worthIt || open > most / 2) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      most = now;
      collect();
    }, moment).unref();
  };
};

/** Looks through the whole heap as V8 does before it would run out of memory: only then are pages given back. */
const collect = (): void => {
  setFlagsFromString('--expose-gc');
  // V8 puts its function into contexts that are made while the flag is set.
  const gc: (how: { type: string; flavor: string }) => void = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  gc({ type: 'major', flavor: 'last-resort' });
};
