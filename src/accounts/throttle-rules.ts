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

/** Until when an account is locked for a source, in milliseconds as Date.parse gives them; 0: it is not. */
export const delayEnd = ({ count, times: [last] }: Tries): number => {
  if (last === undefined || count < freeFailures) return 0;
  const delay = Math.min(longestDelay, firstDelay * 2 ** (count - freeFailures));
  return Date.parse(last) + delay * 1000;
};

/** Until when a limit is reached, likewise. */
export const limitEnd = ({ times }: Tries, { most, seconds }: Limit): number => {
  const first = times[most - 1];
  return first === undefined ? 0 : Date.parse(first) + seconds * 1000;
};
