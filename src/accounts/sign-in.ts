import { Refusal } from '../refusal.ts';
import type { Door } from '../store/sessions.ts';
import type { Context } from './context.ts';
import { bindSecretKey } from './secret-key.ts';
import { beginSession, type SignedIn } from './sessions.ts';

export type SignInRequest = {
  username: string;
  password: string;
  door: Door;
  /** Ends the waiting for a turn to be checked, with its reason; a check that has begun is finished. */
  signal?: AbortSignal | undefined;
};

/**
 * Signs somebody in with a password.
 * Throws bad_credentials, after the same time whether the name exists or not; waiting_for_approval or
 * inactive_user after the right password only; too_busy.
 */
export const createSignIn =
  (context: Context) =>
  async ({ username, password, door, signal }: SignInRequest): Promise<SignedIn> => {
    const { store, passwords, sealing } = context;
    const found = await store.read.users.findByName(username);
    const account = found && { id: found.user.id, stored: found.password };
    const { matches, renewed } = await passwords.check(
      password,
      account,
      await store.read.users.highestCost(),
      { line: door === 'http' ? 'strangers' : 'insiders', signal },
    );
    if (!found || !matches) throw new Refusal('bad_credentials');

    return store.write(async tx => {
      const now = await tx.users.credentials(found.user.id);
      if (!passwords.isStill(found, now)) throw new Refusal('bad_credentials');
      if (!now.user.isActive)
        throw new Refusal(now.user.lastLoginAt ? 'inactive_user' : 'waiting_for_approval');
      if (renewed && now.password === found.password) {
        await bindSecretKey(tx, sealing);
        await tx.users.reseal(now.user.id, renewed);
      }
      const lastLoginAt = context.now();
      await tx.users.signedIn(now.user.id, lastLoginAt);
      await tx.folders.ensureDefault(now.user.id);
      return beginSession(context, tx, { ...now.user, lastLoginAt }, { door, withPassword: true });
    });
  };

/**
 * Signs the automatic account in, where automatic sign-in is on. Gives nothing where it is off or the account
 * was not made yet.
 */
export const createAutomaticSignIn =
  (context: Context) =>
  async (door: Door): Promise<SignedIn | undefined> => {
    if (!context.settings.autoLogin) return undefined;
    return context.store.write(async tx => {
      const user = await tx.users.automatic();
      if (!user) return undefined;
      const lastLoginAt = context.now();
      await tx.users.signedIn(user.id, lastLoginAt);
      return beginSession(context, tx, { ...user, lastLoginAt }, { door, withPassword: false });
    });
  };
