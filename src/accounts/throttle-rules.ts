import type { Tries } from '../store/throttle.ts';

/** So many failed sign-ins to an account from one source are free; then there is a delay, which doubles. In seconds. */
const freeFailures = 5;
const firstDelay = 1;
const longestDelay = 15 * 60;
/** Up to four are forgotten in an hour, more in a day: four an hour is what the longest delay allows, too. */
const freeMemory = 60 * 60;
const longMemory = 24 * 60 * 60;

/** At most so many in any stretch of so many seconds. */
export type Limit = { readonly most: number; readonly seconds: number };
export const failuresOfSource: Limit = { most: 20, seconds: 60 };
/** Those for a name that is taken count too: sign-up says of any name whether it is. */
export const signUpsOfSource: Limit = { most: 10, seconds: 60 * 60 };

/** For how long so many failures to an account are remembered after the last of them, in seconds. */
export const memoryOf = (failures: number): number => (failures < freeFailures ? freeMemory : longMemory);

/**
 * When so many seconds after a moment are over, in milliseconds. One that lies further ahead than it could hold anybody up
 * was written before the clock was set back: it is none, or somebody would wait for years.
 */
const endOf = (moment: string, seconds: number, now: number): number => {
  const begun = Date.parse(moment);
  return begun - now > seconds * 1000 ? 0 : begun + seconds * 1000;
};

/** Until when an account is locked for a source, in milliseconds as Date.parse gives them, like `now`; 0: it is not. */
export const delayEnd = ({ count, times: [last] }: Tries, now: number): number => {
  if (last === undefined || count < freeFailures) return 0;
  return endOf(last, Math.min(longestDelay, firstDelay * 2 ** (count - freeFailures)), now);
};

/** Until when a limit is reached, likewise. */
export const limitEnd = ({ times }: Tries, { most, seconds }: Limit, now: number): number => {
  const first = times[most - 1];
  return first === undefined ? 0 : endOf(first, seconds, now);
};
