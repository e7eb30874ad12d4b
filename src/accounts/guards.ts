import type { Reason } from '../refusal.ts';
import type { User } from '../store/users.ts';

/** What a change would make of a user's flags, or that it would be gone. */
export type Fate = { isActive: boolean; isSuperuser: boolean } | 'deleted';

/** What else decides: who asks, and how many other superusers with a password could still sign in. */
export type Circumstances = { ownId: string | undefined; otherActiveSuperusers: number };

/** Why a user cannot get these flags or be deleted; nothing where it can. The same rule at every door. */
export const whyNotFate = (
  user: User,
  fate: Fate,
  { ownId, otherActiveSuperusers }: Circumstances,
): Reason | undefined => {
  const gone = fate === 'deleted';
  const deactivated = !gone && user.isActive && !fate.isActive;
  const demoted = !gone && user.isSuperuser && !fate.isSuperuser;
  if (user.isAutomatic && (gone || deactivated || demoted)) return 'automatic_account';
  if (user.id === ownId) {
    if (gone) return 'own_account';
    if (deactivated) return 'own_active';
    if (demoted) return 'own_superuser';
  }
  const wasOne = user.isSuperuser && user.isActive && !user.isAutomatic;
  const staysOne = !gone && fate.isSuperuser && fate.isActive;
  return wasOne && !staysOne && otherActiveSuperusers === 0 ? 'last_superuser' : undefined;
};

/** What somebody wishes to do with a user. */
export type Wish =
  | 'activate'
  | 'deactivate'
  | 'promote'
  | 'demote'
  | 'delete'
  | 'edit'
  | 'reset password'
  | 'reset one-time codes';

/**
 * Why a wish is refused for what is known without asking the store: it is the own or the automatic account. Whether it
 * is the last superuser is found out in the transaction.
 */
export const whyNotWish = (user: User, wish: Wish, ownId: string | undefined): Reason | undefined => {
  if (wish === 'edit') return whyNotAlter(user);
  if (wish === 'reset password') return whyNotAlter(user) ?? (user.id === ownId ? 'own_password' : undefined);
  if (wish === 'reset one-time codes')
    return whyNotAlter(user) ?? (user.id === ownId ? 'own_one_time_codes' : undefined);
  const { isActive, isSuperuser } = user;
  const fates: Record<typeof wish, Fate> = {
    activate: { isActive: true, isSuperuser },
    deactivate: { isActive: false, isSuperuser },
    promote: { isActive, isSuperuser: true },
    demote: { isActive, isSuperuser: false },
    delete: 'deleted',
  };
  return whyNotFate(user, fates[wish], { ownId, otherActiveSuperusers: Number.POSITIVE_INFINITY });
};

/** Why the automatic account cannot be renamed or given a password or an image. */
export const whyNotAlter = (user: User): Reason | undefined =>
  user.isAutomatic ? 'automatic_account' : undefined;
