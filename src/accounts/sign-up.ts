import { Refusal } from '../refusal.ts';
import type { Reads } from '../store/open.ts';
import type { User } from '../store/users.ts';
import { newId } from '../store/values.ts';
import type { Actor } from './actor.ts';
import type { Context } from './context.ts';
import { insertUser, refuseCredentials } from './create-user.ts';
import type { Origin } from './origin.ts';
import { cleanUsername } from './usernames.ts';

/**
 * Where so many users wait for approval already, nobody signs up until a superuser has gone through them: no person
 * reads a longer list. Superusers add users all the same.
 */
const mostPending = 1000;

export type SignUpRequest = {
  username: string;
  password: string;
  /** The client's address. Without one, as at the local console, nobody is held up. */
  source?: string | undefined;
  /** Who is signed in already, and where the request comes from, for the audit. */
  actor?: Actor | undefined;
  from?: Origin | undefined;
  /** Ends the waiting for a turn to be hashed, with its reason. */
  signal?: AbortSignal | undefined;
};

/**
 * Somebody makes an own account, where LANGINFRA_ENABLE_SIGNUP lets people do that: an ordinary one, active where
 * LANGINFRA_NEW_USER_IS_ACTIVE says so.
 * Throws sign_up_off, too_many_sign_ups, too_many_pending, username_unavailable, too_busy, and the refusals of username_*
 * and password_*.
 */
export const createSignUp = (context: Context) => {
  const { store, settings, passwords, throttle } = context;
  const refuseCrowd = async ({ users }: { users: Pick<Reads['users'], 'countPending'> }): Promise<void> => {
    if (settings.newUserIsActive) return;
    if ((await users.countPending(mostPending)) >= mostPending) throw new Refusal('too_many_pending');
  };

  return async ({ username: given, password, source, actor, from, signal }: SignUpRequest): Promise<User> => {
    if (!settings.enableSignup) throw new Refusal('sign_up_off');
    const username = cleanUsername(given);
    await refuseCredentials(context, { username, password });
    await refuseCrowd(store.read);
    if (source !== undefined) {
      const tries = throttle.signUp(source);
      await tries.admit(store.read);
      // Counted before the password is hashed, so that many at once do not keep the cores busy.
      await store.write(async tx => {
        await tries.admit(tx);
        await tries.count(tx);
      });
    }
    if (await store.read.users.isNameTaken(username)) throw new Refusal('username_unavailable');
    const id = newId();
    const line = source === undefined ? 'insiders' : 'strangers';
    const stored = await passwords.store(password, id, { line, signal });
    return store.write(async tx => {
      await refuseCrowd(tx);
      const flags = { isActive: settings.newUserIsActive, isSuperuser: false };
      return (
        await insertUser(context, tx, { id, username, stored, event: 'signed_up', actor, from, ...flags })
      ).user;
    });
  };
};
