import type { Reads, Store } from '../../src/store/open.ts';

/** The same store, which counts what it is asked: each verb of reading, in a transaction and outside of one. */
export const countReadings = (store: Store): { store: Store; readings: () => number } => {
  let count = 0;
  const counted = (reads: Reads): Reads =>
    Object.fromEntries(
      Object.entries(reads).map(([name, verbs]) => [
        name,
        Object.fromEntries(
          Object.entries(verbs as Record<string, (...given: unknown[]) => unknown>).map(([verb, ask]) => [
            verb,
            (...given: unknown[]) => {
              count += 1;
              return ask(...given);
            },
          ]),
        ),
      ]),
    ) as Reads;
  return {
    readings: () => count,
    store: {
      ...store,
      read: counted(store.read),
      readTogether: (work, signal) => store.readTogether(reads => work(counted(reads)), signal),
      readAside: (work, signal) => store.readAside(reads => work(counted(reads)), signal),
    },
  };
};
