import type { PlacedUser } from '../store/user-lists.ts';
import type { User } from '../store/users.ts';

/** What the store answered to changes made here: a reading that began before must not show older users again. */
export const createAnswers = () => {
  const answered = new Map<string, User>();
  return {
    add: (user: User): void => void answered.set(user.id, user),
    has: (id: string): boolean => answered.has(id),
    of: (id: string): User | undefined => answered.get(id),
    /** Users that were read, each as it was answered where that is newer. */
    newest: (read: readonly PlacedUser[]): PlacedUser[] =>
      read.map(held => {
        const answer = answered.get(held.user.id);
        if (answer && answer.version > held.user.version) return { ...held, user: answer };
        answered.delete(held.user.id);
        return held;
      }),
  };
};

/** The user, or one of these others of the same id where that is as new or newer. */
export const newestOf = (user: User, others: readonly (User | undefined)[]): User =>
  others.reduce<User>((newest, other) => (other && other.version >= newest.version ? other : newest), user);
