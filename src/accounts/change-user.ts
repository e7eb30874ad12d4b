import { type Reason, Refusal, refuseIf } from '../refusal.ts';
import type { User } from '../store/users.ts';
import { type Actor, ownIdOf } from './actor.ts';
import { applyEdit, cleanEdit, refuseFate, type UserEdit } from './apply-edit.ts';
import type { Context } from './context.ts';
import { existing } from './create-user.ts';
import { type Wish, whyNotWish } from './guards.ts';
import { refuseOrdinary } from './list-users.ts';
import { refusePassword, type StoredPassword } from './passwords.ts';
import { refuseStale, type Seen } from './stale.ts';

/** A user as one transaction found it and left it: of the same version where nothing had to be changed. */
export type Changed = { before: User; after: User };

export const createUserChanges = (context: Context) => {
  const { store, settings, passwords } = context;

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
    refuseIf(whyNotWish(user, 'reset password', who.user?.id));
    await refusePassword(edit.password, edit.username ?? user.username, settings.passwordMinLength);
    return passwords.store(edit.password, id);
  };

  /** Whom it is about, for the audit of what was refused. */
  const targetOf = async (id: string): Promise<User | undefined> => store.read.users.find(id);

  const edit = async (actor: Actor, id: string, given: UserEdit, seen?: Seen): Promise<Changed> =>
    context.attempt(
      {
        event: given.password ? 'password_reset' : 'user_changed',
        actor,
        target: await targetOf(id),
        after: wishOf(given),
      },
      () => editOrRefuse(actor, id, given, seen),
    );

  const editOrRefuse = async (
    actor: Actor,
    id: string,
    given: UserEdit,
    seen: Seen | undefined,
  ): Promise<Changed> => {
    const cleaned = cleanEdit(given);
    const stored = await preparePassword(actor, id, cleaned);
    return store.write(async tx => {
      const who = await context.authority(tx, actor);
      if (!who.isSuperuser && who.user?.id !== id) throw new Refusal('permission_denied');
      const before = await existing(tx, id);
      return {
        before,
        after: await applyEdit(context, tx, { who, user: before, edit: cleaned, stored, seen }),
      };
    });
  };

  return {
    /** Why the store would be asked in vain, as far as that is known without it. */
    whyNot: (actor: Actor, user: User, wish: Wish): Reason | undefined =>
      whyNotWish(user, wish, ownIdOf(actor)),

    /**
     * Changes a user: any, by a superuser; the own name and image, by anybody. Flags are set, never flipped.
     * Throws permission_denied, user_not_found, stale_change where `seen` is an older version, the guards'
     * refusals, username_unavailable, and the refusals of username_* and password_*.
     */
    change: async (actor: Actor, id: string, given: UserEdit, seen?: Seen): Promise<User> =>
      (await edit(actor, id, given, seen)).after,

    /** As `change`; tells what it did from what others had done before. */
    edit,

    /**
     * Sets back what one edit has changed, and nothing else. Throws as `change` does: stale_change where somebody
     * changed the user since.
     */
    undo: (actor: Actor, { before, after }: Changed): Promise<Changed> =>
      edit(actor, after.id, differing(before, after), after),

    /**
     * Deletes a user with its folders, API keys and sessions; the name is remembered as deleted.
     * Throws user_not_found, stale_change, user_has_data and the guards' refusals.
     */
    remove: async (actor: Actor, id: string, seen?: Seen): Promise<User> =>
      context.attempt({ event: 'user_deleted', actor, target: await targetOf(id) }, () =>
        store.write(async tx => {
          const who = await context.authority(tx, actor);
          await refuseOrdinary(context, tx, actor);
          const user = await existing(tx, id);
          refuseStale(user, seen);
          await refuseFate(tx, user, 'deleted', who);
          await tx.apiKeys.removeOf(id);
          await tx.folders.removeOf(id);
          await tx.users.remove(id);
          await tx.meta.rememberDeleted(user.username, context.now());
          const { isActive, isSuperuser } = user;
          await context.record(tx, {
            event: 'user_deleted',
            actor,
            target: user,
            before: { isActive, isSuperuser },
          });
          return user;
        }),
      ),
  };
};

/** What was asked for, without the password. */
const wishOf = ({ username, isActive, isSuperuser, mustChangePassword }: UserEdit): UserEdit => ({
  username,
  isActive,
  isSuperuser,
  mustChangePassword,
});

/** What the user was, of the name and the flags, where it is something else now. */
const differing = (before: User, after: User): UserEdit => ({
  ...(before.username !== after.username && { username: before.username }),
  ...(before.isActive !== after.isActive && { isActive: before.isActive }),
  ...(before.isSuperuser !== after.isSuperuser && { isSuperuser: before.isSuperuser }),
});
