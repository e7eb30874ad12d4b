import type { PlacedUser } from '../store/user-lists.ts';
import type { User } from '../store/users.ts';

/** So many of the users that were read last are known again: a screen or two each, of a dozen consoles. */
const usuallyKnown = 1000;

/**
 * Gives users that were read as the objects they were read as before, where nothing of them is other than it was then: many
 * consoles that show the same users hold them once. The objects are never changed.
 */
export const createSharedUsers = (most = usuallyKnown) => {
  /** By id; whoever was read last stands last. */
  const known = new Map<string, PlacedUser>();
  return (read: readonly PlacedUser[]): PlacedUser[] =>
    read.map(placed => {
      const before = known.get(placed.user.id);
      const shared = before && isSame(before, placed) ? before : placed;
      known.delete(shared.user.id);
      known.set(shared.user.id, shared);
      const [oldest] = known.size > most ? known.keys() : [];
      if (oldest !== undefined) known.delete(oldest);
      return shared;
    });
};

const isSame = (one: PlacedUser, other: PlacedUser): boolean =>
  one.looksAlike === other.looksAlike &&
  one.place.length === other.place.length &&
  one.place.every((value, at) => value === other.place[at]) &&
  (Object.keys(one.user) as (keyof User)[]).every(field => one.user[field] === other.user[field]);
