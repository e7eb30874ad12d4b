import { Refusal, refuseIf } from '../refusal.ts';
import type { Transaction } from '../store/open.ts';
import type { User, UserChange } from '../store/users.ts';
import type { Actor, Authority } from './actor.ts';
import type { Context } from './context.ts';
import { existing } from './create-user.ts';
import { type Fate, whyNotAlter, whyNotFate } from './guards.ts';
import { refuseOrdinary } from './list-users.ts';
import { type StoredPassword, whyNotPassword } from './passwords.ts';
import { bindSecretKey } from './secret-key.ts';
import { refuseStale, type Seen } from './stale.ts';
import { cleanUsername, whyNotUsername } from './usernames.ts';

/** What to set. What is not named, or equal to what is stored, stays as it is and is never refused. */
export type UserEdit = {
  username?: string | undefined;
  profileImage?: string | null | undefined;
  isActive?: boolean | undefined;
  isSuperuser?: boolean | undefined;
  /** A reset by a superuser; it ends all sessions of the user. */
  password?: string | undefined;
};

/** Only the parts of the edit that are different from what is stored. */
const effective = (user: User, edit: UserEdit, stored: StoredPassword | undefined): UserChange => ({
  ...(edit.username !== undefined && edit.username !== user.username && { username: edit.username }),
  ...(edit.profileImage !== undefined &&
    edit.profileImage !== user.profileImage && { profileImage: edit.profileImage }),
  ...(edit.isActive !== undefined && edit.isActive !== user.isActive && { isActive: edit.isActive }),
  ...(edit.isSuperuser !== undefined &&
    edit.isSuperuser !== user.isSuperuser && { isSuperuser: edit.isSuperuser }),
  ...(stored && { password: stored }),
});

export const createUserChanges = (context: Context) => {
  const { store, settings, passwords } = context;

  const refuseFate = async (tx: Transaction, user: User, fate: Fate, who: Authority): Promise<void> => {
    refuseIf(
      whyNotFate(user, fate, {
        ownId: who.user?.id,
        otherActiveSuperusers: await tx.users.countActiveSuperusers(user.id),
      }),
    );
  };

  /** What an ordinary user may change: the own name and image. */
  const refuseBeyondOwn = (who: Authority, user: User, change: UserChange): void => {
    if (who.isSuperuser) return;
    if (who.user?.id !== user.id) throw new Refusal('permission_denied');
    if (change.password) throw new Refusal('not_your_password');
    if (change.isActive !== undefined || change.isSuperuser !== undefined)
      throw new Refusal('permission_denied');
  };

  /** Hashing is slow, so whoever may not reset this password is told before it. */
  const preparePassword = async (
    actor: Actor,
    id: string,
    edit: UserEdit,
  ): Promise<StoredPassword | undefined> => {
    if (!edit.password) return undefined;
    const who = await context.authority(store.read, actor);
    const user = await store.read.users.find(id);
    if (!who.isSuperuser) throw new Refusal(who.user?.id === id ? 'not_your_password' : 'permission_denied');
    if (!user) throw new Refusal('user_not_found');
    if (who.user?.id === id) throw new Refusal('own_password');
    refuseIf(whyNotAlter(user));
    const refusal = whyNotPassword(edit.password, edit.username ?? user.username, settings.passwordMinLength);
    if (refusal) throw refusal;
    return passwords.store(edit.password, id);
  };

  return {
    /**
     * Changes a user: any, by a superuser; the own name and image, by anybody. Flags are set, never flipped.
     * Throws permission_denied, user_not_found, stale_change where `seen` is an older version, the guards'
     * refusals, username_unavailable, and the refusals of username_* and password_*.
     */
    change: async (actor: Actor, id: string, given: UserEdit, seen?: Seen): Promise<User> => {
      const edit = {
        ...given,
        ...(given.username !== undefined && { username: cleanUsername(given.username) }),
      };
      const stored = await preparePassword(actor, id, edit);
      return store.write(async tx => {
        const who = await context.authority(tx, actor);
        if (!who.isSuperuser && who.user?.id !== id) throw new Refusal('permission_denied');
        const user = await existing(tx, id);
        refuseStale(user, seen);
        const change = effective(user, edit, stored);
        if (Object.keys(change).length === 0) return user;
        refuseBeyondOwn(who, user, change);
        const { isActive = user.isActive, isSuperuser = user.isSuperuser } = change;
        await refuseFate(tx, user, { isActive, isSuperuser }, who);
        if (change.username !== undefined || change.password || change.profileImage !== undefined) {
          refuseIf(whyNotAlter(user));
        }
        if (change.username !== undefined) {
          refuseIf(whyNotUsername(change.username));
          if (await tx.users.isNameTaken(change.username, id)) throw new Refusal('username_unavailable');
        }
        if (change.password) await bindSecretKey(tx, context.sealing, settings.envFile);
        const changed = await tx.users.change(id, change, context.now());
        if (change.isActive === false || change.isSuperuser === false || change.password) {
          await tx.sessions.endOf(id);
        }
        return changed;
      });
    },

    /**
     * Deletes a user with its folders and sessions; the name is remembered as deleted.
     * Throws user_not_found, stale_change and the guards' refusals.
     */
    remove: (actor: Actor, id: string, seen?: Seen): Promise<User> =>
      store.write(async tx => {
        const who = await context.authority(tx, actor);
        await refuseOrdinary(context, tx, actor);
        const user = await existing(tx, id);
        refuseStale(user, seen);
        await refuseFate(tx, user, 'deleted', who);
        await tx.folders.removeOf(id);
        await tx.users.remove(id);
        await tx.meta.rememberDeleted(user.username, context.now());
        return user;
      }),
  };
};
