import type { Accounts } from '../accounts/accounts.ts';
import type { Change } from '../store/revocations.ts';
import { touches } from '../store/touched.ts';
import type { PlacedUser } from '../store/user-lists.ts';
import type { UserList } from './user-list.ts';

/**
 * Takes into the list what a change says itself: that somebody signed in, which changes no filter, for only active users
 * do. Gives whether the list has to be read again, because the change may have altered more of what it shows.
 */
export const isNewsTo = (
  { state, isAsking }: UserList,
  change: Change,
  { shared }: Pick<Accounts['users'], 'shared'>,
): boolean => {
  if (touches(change, 'user')) return true;
  const { query, list } = state.get();
  const { signedIn } = change;
  if (signedIn.size === 0) return false;
  // What is being read may have been read before.
  if (query.sort === 'last_login' || isAsking()) return true;
  if (!list.rows.some(({ user }) => signedIn.has(user.id))) return false;
  const rows = list.rows.flatMap((held): PlacedUser[] => {
    const lastLoginAt = signedIn.get(held.user.id);
    return lastLoginAt === undefined ? [held] : shared([{ ...held, user: { ...held.user, lastLoginAt } }]);
  });
  state.update(now => ({ ...now, list: { ...now.list, rows } }));
  return false;
};
