import { Refusal, refuseIf } from '../refusal.ts';
import type { Transaction } from '../store/open.ts';
import type { Door } from '../store/sessions.ts';
import type { User } from '../store/users.ts';
import { newId } from '../store/values.ts';
import type { Actor } from './actor.ts';
import type { Context } from './context.ts';
import { doors } from './doors.ts';
import { refuseOrdinary } from './list-users.ts';
import type { Origin } from './origin.ts';
import { refusePassword, type StoredPassword } from './passwords.ts';
import { cleanUsername, whyNotUsername } from './usernames.ts';

export type NewAccount = {
  username: string;
  password: string;
  /** Where not given: what LANGINFRA_NEW_USER_IS_ACTIVE says. */
  isActive?: boolean | undefined;
  isSuperuser?: boolean | undefined;
  /** Whether the first thing after a sign-in is a new password; where not given, it is not. */
  mustChangePassword?: boolean | undefined;
};

/** What `makeSuperuser` did. */
export type MadeSuperuser = { user: User; created: boolean; folderCreated: boolean };

/** Throws the refusal of a username or password that a new account cannot have. */
export const refuseCredentials = async (
  context: Context,
  { username, password }: { username: string; password: string },
): Promise<void> => {
  refuseIf(whyNotUsername(username));
  await refusePassword(password, username, context.settings.passwordMinLength);
};

/** A user to be inserted, and who adds it. */
export type NewRow = {
  id: string;
  username: string;
  isActive: boolean;
  isSuperuser: boolean;
  mustChangePassword?: boolean | undefined;
  stored: StoredPassword;
  actor?: Actor | undefined;
  from?: Origin | undefined;
  event?: 'user_added' | 'signed_up';
};

/** Inserts a user and its default folder inside a transaction. Throws username_unavailable. */
export const insertUser = async (
  context: Context,
  tx: Transaction,
  account: NewRow,
): Promise<{ user: User; folderCreated: boolean }> => {
  const { id, username, stored } = account;
  if (await tx.users.isNameTaken(username)) throw new Refusal('username_unavailable');
  await context.bind(tx);
  await tx.users.insert({
    id,
    username,
    password: stored.sealed,
    passwordCost: stored.cost,
    isActive: account.isActive,
    isSuperuser: account.isSuperuser,
    isAutomatic: false,
    mustChangePassword: account.mustChangePassword,
    now: context.now(),
  });
  // Nobody brings a deleted superuser back by signing up with the name: the settings would make that one again.
  if (account.event !== 'signed_up') await tx.meta.forgetDeleted(username);
  const folderCreated = await tx.folders.ensureDefault(id);
  const { actor, from, event = 'user_added', isActive, isSuperuser, mustChangePassword } = account;
  const target = { id, username };
  const after = { isActive, isSuperuser, ...(mustChangePassword && { mustChangePassword }) };
  await context.record(tx, { event, actor, from, target, after });
  return { user: await existing(tx, id), folderCreated };
};

/** The user of that id. Throws user_not_found. */
export const existing = async (tx: Transaction, id: string): Promise<User> => {
  const user = await tx.users.find(id);
  if (!user) throw new Refusal('user_not_found');
  return user;
};

export const createUserCreation = (context: Context) => {
  const { store, settings, passwords } = context;

  const createOrRefuse = async (actor: Actor, account: NewAccount): Promise<User> => {
    await refuseOrdinary(context, store.read, actor);
    const username = cleanUsername(account.username);
    await refuseCredentials(context, { ...account, username });
    const id = newId();
    const stored = await passwords.store(account.password, id);
    return store.write(async tx => {
      await refuseOrdinary(context, tx, actor);
      const { user } = await insertUser(context, tx, {
        id,
        username,
        stored,
        actor,
        isActive: account.isActive ?? settings.newUserIsActive,
        isSuperuser: account.isSuperuser ?? false,
        mustChangePassword: account.mustChangePassword,
      });
      return user;
    });
  };

  return {
    /**
     * A superuser adds a user. Throws superuser_needed, username_unavailable, and the refusals of username_*
     * and password_*.
     */
    create: (actor: Actor, account: NewAccount): Promise<User> => {
      const { isActive, isSuperuser } = account;
      // Not the name: it may be somebody's, and is nobody's yet.
      const entry = { event: 'user_added', actor, after: { isActive, isSuperuser } } as const;
      return context.attempt(entry, () => createOrRefuse(actor, account));
    },

    /**
     * Refuses a name that no new user could have, before anybody types a password for it.
     * Throws username_unavailable and the refusals of username_*.
     */
    refuseUsername: async (username: string): Promise<void> => {
      const wanted = cleanUsername(username);
      refuseIf(whyNotUsername(wanted));
      if (await store.read.users.isNameTaken(wanted)) throw new Refusal('username_unavailable');
    },

    /** Whether the local console may offer to make the first superuser: nobody could sign in as one. */
    needsFirstSuperuser: async (): Promise<boolean> =>
      !settings.autoLogin && (await store.read.users.countActiveSuperusers()) === 0,

    /** Whether at one of these doors no superuser can come in: there is none yet, and it signs nobody in by itself. */
    lacksSuperuserAt: async (opened: readonly Door[]): Promise<boolean> =>
      !(settings.autoLogin && opened.every(door => doors[door].signsInByItself)) &&
      (await store.read.users.countActiveSuperusers()) === 0,

    /** Makes the first superuser, for whoever sits at the local terminal. Throws superuser_exists. */
    createFirstSuperuser: async (account: { username: string; password: string }): Promise<User> => {
      const username = cleanUsername(account.username);
      await refuseCredentials(context, { ...account, username });
      const id = newId();
      const stored = await passwords.store(account.password, id);
      return store.write(async tx => {
        if (settings.autoLogin || (await tx.users.countActiveSuperusers()) > 0)
          throw new Refusal('superuser_exists');
        return (await insertUser(context, tx, { id, username, stored, isActive: true, isSuperuser: true }))
          .user;
      });
    },

    /** Whether `makeSuperuser` would find the name taken by somebody. */
    isNameTaken: async (username: string): Promise<boolean> =>
      (await store.read.users.findByName(username)) !== undefined,

    /**
     * The `langinfra superuser` command: makes a superuser or, with `update`, makes an existing user one, active
     * and with this password. It has checked that the stored password verifies when it returns.
     * Throws user_exists without `update`.
     */
    makeSuperuser: async (
      account: { username: string; password: string },
      { update }: { update: boolean },
    ): Promise<MadeSuperuser> => {
      const wanted = cleanUsername(account.username);
      const before = await store.read.users.findByName(wanted);
      if (before && !update) throw new Refusal('user_exists', { username: before.user.username });
      const username = before?.user.username ?? wanted;
      if (before?.user.isAutomatic) throw new Refusal('automatic_account');
      await refuseCredentials(context, { ...account, username });
      const id = before?.user.id ?? newId();
      const stored = await passwords.store(account.password, id);
      const made = await store.write(async tx => {
        if (!before) {
          const inserted = await insertUser(context, tx, {
            id,
            username,
            stored,
            isActive: true,
            isSuperuser: true,
          });
          return { ...inserted, created: true };
        }
        await context.bind(tx);
        const was = await existing(tx, id);
        const user = await tx.users.change(
          id,
          { isActive: true, isSuperuser: true, mustChangePassword: false, password: stored },
          context.now(),
        );
        await tx.sessions.endOf(id);
        await context.record(
          tx,
          {
            event: 'user_changed',
            target: user,
            before: { isActive: was.isActive, isSuperuser: was.isSuperuser },
            after: { isActive: true, isSuperuser: true },
          },
          { event: 'password_reset', target: user },
        );
        return { user, created: false, folderCreated: await tx.folders.ensureDefault(id) };
      });
      const kept = await store.read.users.credentials(id);
      const verdict = await passwords.check(account.password, kept && { id, stored: kept.password }, 0);
      if (!verdict.matches) throw new Error('the stored password does not verify');
      return made;
    },
  };
};
