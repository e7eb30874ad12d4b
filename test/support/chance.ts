/** Numbers that are the same for the same seed: a test that failed is tried again with the seed it named. */
export const createChance = (seed: number) => {
  let state = seed >>> 0;
  /** From 0 up to, but not, 1 (mulberry32). */
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    /** A whole number from 0 up to, but not, that one. */
    below: (end: number): number => Math.floor(next() * end),
    oneOf: <T>(first: T, ...others: readonly T[]): T =>
      [first, ...others][Math.floor(next() * (others.length + 1))] ?? first,
  };
};

export type Chance = ReturnType<typeof createChance>;

/** Another one at each run, or the one that LANGINFRA_TEST_SEED names. It is printed, to be named there. */
export const newSeed = (): number => {
  const seed = Number(process.env.LANGINFRA_TEST_SEED ?? Date.now() % 1_000_000);
  console.info(`LANGINFRA_TEST_SEED=${seed}`);
  return seed;
};
