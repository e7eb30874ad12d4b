import type { User } from '../store/users.ts';

/** Told of a user who is no longer there, and whether it was deleted from this console. */
export type GoneListener = (user: User, isDeletedHere: boolean) => void;

/** Who has gone from under the cursor. The store may show that somebody is gone before it answers the deletion. */
export const createGone = () => {
  const listeners = new Set<GoneListener>();
  const leaving = new Set<(user: User) => boolean>();
  return {
    listen: (listener: GoneListener): (() => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    /** Runs a deletion of these users, from here. */
    deleting: async <T>(isLeaving: (user: User) => boolean, work: () => Promise<T>): Promise<T> => {
      leaving.add(isLeaving);
      try {
        return await work();
      } finally {
        leaving.delete(isLeaving);
      }
    },
    tell: (user: User): void => {
      const isDeletedHere = [...leaving].some(isLeaving => isLeaving(user));
      for (const listener of listeners) listener(user, isDeletedHere);
    },
  };
};
