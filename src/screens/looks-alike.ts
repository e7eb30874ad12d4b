import type { PlacedUser } from '../store/user-lists.ts';
import type { User } from '../store/users.ts';
import { looksSame } from './list-state.ts';
import type { UserListState } from './user-list.ts';

/**
 * Whether two states look the same. Any change of a user has every console read its list again: hardly one changes what is
 * seen there, and to draw costs most.
 */
export const looksAlike = (one: UserListState, other: UserListState): boolean =>
  one.query === other.query &&
  one.total === other.total &&
  one.list.height === other.list.height &&
  looksSame(one.list, other.list, isSameUser);

const isSameUser = (one: PlacedUser, other: PlacedUser): boolean =>
  one === other ||
  (one.looksAlike === other.looksAlike &&
    Object.entries(one.user).every(([name, value]) => other.user[name as keyof User] === value));
