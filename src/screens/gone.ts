import type { User } from '../store/users.ts';

/** Told of a user who is no longer there, and whether this console has made it go. */
export type GoneListener = (user: User, isDoneHere: boolean) => void;

/** Who has gone from under the cursor. The list may show that somebody is gone before the store answers the change. */
export const createGone = () => {
  const listeners = new Set<GoneListener>();
  const leaving = new Set<(user: User) => boolean>();
  return {
    listen: (listener: GoneListener): (() => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    /** Runs a change from here, after which these users may be in the list no more. */
    changing: async <T>(isLeaving: (user: User) => boolean, work: () => Promise<T>): Promise<T> => {
      leaving.add(isLeaving);
      try {
        return await work();
      } finally {
        leaving.delete(isLeaving);
      }
    },
    tell: (user: User): void => {
      const isDoneHere = [...leaving].some(isLeaving => isLeaving(user));
      for (const listener of listeners) listener(user, isDoneHere);
    },
  };
};
