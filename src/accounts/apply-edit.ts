import { Refusal, refuseIf } from '../refusal.ts';
import type { Transaction } from '../store/open.ts';
import type { User, UserChange } from '../store/users.ts';
import type { Authority } from './actor.ts';
import type { AuditEntry } from './audit-writer.ts';
import type { Context } from './context.ts';
import { type Fate, whyNotAlter, whyNotFate } from './guards.ts';
import type { StoredPassword } from './passwords.ts';
import { whyNotImage } from './profile-images.ts';
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
  /**
   * Whether the password has to be changed before anything else. Who sets the own one has done that; with a reset it stays as it
   * is where that is not said.
   */
  mustChangePassword?: boolean | undefined;
};

/** An edit with its username as it would be stored. */
export const cleanEdit = (edit: UserEdit): UserEdit =>
  edit.username === undefined ? edit : { ...edit, username: cleanUsername(edit.username) };

/** Only the parts of the edit that are different from what is stored. */
const effective = (
  { isOwn, user }: { isOwn: boolean; user: User },
  edit: UserEdit,
  stored: StoredPassword | undefined,
): UserChange => {
  const { mustChangePassword = stored && isOwn ? false : user.mustChangePassword } = edit;
  return {
    // A database of the Python server may hold a name in other bytes than its NFC: it is the same name.
    ...(edit.username !== undefined &&
      edit.username !== cleanUsername(user.username) && { username: edit.username }),
    ...(edit.profileImage !== undefined &&
      edit.profileImage !== user.profileImage && { profileImage: edit.profileImage }),
    ...(edit.isActive !== undefined && edit.isActive !== user.isActive && { isActive: edit.isActive }),
    ...(edit.isSuperuser !== undefined &&
      edit.isSuperuser !== user.isSuperuser && { isSuperuser: edit.isSuperuser }),
    ...(mustChangePassword !== user.mustChangePassword && { mustChangePassword }),
    ...(stored && { password: stored }),
  };
};

/** Refuses what the guards do not let happen to a user. */
export const refuseFate = async (tx: Transaction, user: User, fate: Fate, who: Authority): Promise<void> => {
  refuseIf(
    whyNotFate(user, fate, {
      ownId: who.user?.id,
      otherActiveSuperusers: await tx.users.countActiveSuperusers(user.id),
    }),
  );
};

/** What an ordinary user may change: the own name and image. */
const refuseBeyondOwn = (who: Authority, change: UserChange): void => {
  if (who.isSuperuser) return;
  const { isActive, isSuperuser, mustChangePassword, password } = change;
  // A new password of one's own ends the need for one.
  const isFreed = mustChangePassword !== undefined && !password;
  if (isActive !== undefined || isSuperuser !== undefined || isFreed) throw new Refusal('permission_denied');
};

export type Application = {
  who: Authority;
  user: User;
  /** As `cleanEdit` gives it; its password counts as `stored` only. */
  edit: UserEdit;
  stored?: StoredPassword | undefined;
  seen?: Seen | undefined;
};

/**
 * Changes a user inside a transaction, with every rule but the one on who may set a password, and ends the sessions
 * that end by it. What is no change is not refused and raises no version.
 */
export const applyEdit = async (
  context: Context,
  tx: Transaction,
  { who, user, edit, stored, seen }: Application,
): Promise<User> => {
  const { id } = user;
  const change = effective({ isOwn: who.user?.id === id, user }, edit, stored);
  if (Object.keys(change).length === 0) return user;
  refuseStale(user, seen);
  refuseBeyondOwn(who, change);
  const { isActive = user.isActive, isSuperuser = user.isSuperuser } = change;
  await refuseFate(tx, user, { isActive, isSuperuser }, who);
  if (
    change.username !== undefined ||
    change.password ||
    change.profileImage !== undefined ||
    change.mustChangePassword
  ) {
    refuseIf(whyNotAlter(user));
  }
  if (change.profileImage) refuseIf(whyNotImage(change.profileImage));
  if (change.username !== undefined) {
    refuseIf(whyNotUsername(change.username));
    if (await tx.users.isNameTaken(change.username, id)) throw new Refusal('username_unavailable');
    // A name that a superuser gave up is remembered like a deleted one: a setting does not make that superuser again.
    // What ordinary users do with their own names neither keeps a superuser from being made nor brings one back.
    if (user.isSuperuser) await tx.meta.rememberDeleted(user.username, context.now());
    if (who.isSuperuser) await tx.meta.forgetDeleted(change.username);
  }
  if (change.password) await context.bind(tx);
  const changed = await tx.users.change(id, change, context.now());
  if (change.isActive === false || change.isSuperuser === false || change.password) {
    // Who changes the own password stays signed in here; the guards keep the own flags.
    const own = who.user?.id === id ? who.session?.id : undefined;
    await tx.sessions.endOf(id, own);
    // Who has set a password knows it: the sign-in code stands in for it no longer.
    if (change.password && own !== undefined) await tx.sessions.forgetCode(own);
  }
  await context.record(tx, ...entriesOf(who, user, changed, change));
  return changed;
};

/** What the audit keeps of an edit: a new password is an event of its own, of which nothing is kept. */
const entriesOf = (who: Authority, before: User, after: User, change: UserChange): AuditEntry[] => {
  const { actor } = who;
  // Of a new password it is a part.
  const changed = change.password ? audited.filter(field => field !== 'mustChangePassword') : audited;
  const fields = changed.filter(field => change[field] !== undefined);
  const isOwn = who.user?.id === before.id;
  return [
    ...(fields.length > 0
      ? [
          {
            event: 'user_changed',
            actor,
            target: before,
            before: partOf(before, fields),
            after: partOf(after, fields),
          } as const,
        ]
      : []),
    ...(change.password
      ? [
          {
            event: isOwn ? 'password_changed' : 'password_reset',
            actor,
            target: after,
            ...(after.mustChangePassword && { after: { mustChangePassword: true } }),
          } as const,
        ]
      : []),
  ];
};

const audited = [
  'username',
  'isActive',
  'isSuperuser',
  'profileImage',
  'mustChangePassword',
] as const satisfies (keyof User)[];
const partOf = (user: User, fields: readonly (typeof audited)[number][]): Partial<User> =>
  Object.fromEntries(fields.map(field => [field, user[field]]));
