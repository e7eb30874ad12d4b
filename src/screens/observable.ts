import { useSyncExternalStore } from 'react';

/**
 * A value that screens remember outside React, so that each key of a burst (fast typing, a slow line, a script)
 * sees what the key before it did, before anything is drawn.
 */
export type Observable<T> = {
  get: () => T;
  set: (next: T) => void;
  update: (change: (value: T) => T) => void;
  subscribe: (listener: () => void) => () => void;
};

export const observable = <T>(initial: T): Observable<T> => {
  const listeners = new Set<() => void>();
  let value = initial;
  const set = (next: T): void => {
    if (Object.is(next, value)) return;
    value = next;
    for (const listener of listeners) listener();
  };
  return {
    get: () => value,
    set,
    update: change => set(change(value)),
    subscribe: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

/** The value, and a new drawing when it changes. */
export const useObservable = <T>(source: Derived<T>): T => useSyncExternalStore(source.subscribe, source.get);

/** A value that follows from others. */
export type Derived<T> = Pick<Observable<T>, 'get' | 'subscribe'>;

/** What `get` makes of the sources; its listeners are called when one of these changes. */
export const derived = <T>(sources: readonly Derived<unknown>[], get: () => T): Derived<T> => ({
  get,
  subscribe: listener => {
    const stops = sources.map(source => source.subscribe(listener));
    return () => {
      for (const stop of stops) stop();
    };
  },
});

/** A value that stays the one it was for as long as the source's is the same in what `isSame` looks at. */
export const distinct = <T>(source: Derived<T>, isSame: (one: T, other: T) => boolean): Derived<T> => {
  let kept = source.get();
  return {
    get: () => {
      const now = source.get();
      if (now !== kept && !isSame(kept, now)) kept = now;
      return kept;
    },
    subscribe: source.subscribe,
  };
};
