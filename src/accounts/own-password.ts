import { Refusal } from '../refusal.ts';
import type { User } from '../store/users.ts';
import type { Actor } from './actor.ts';
import type { Context } from './context.ts';
import { existing } from './create-user.ts';
import { whyNotAlter } from './guards.ts';
import { whyNotPassword } from './passwords.ts';
import { bindSecretKey } from './secret-key.ts';

/** For so long after a sign-in with the password, in seconds, it is not asked for again (API.md, reset-password). */
const freshSeconds = 300;

export type OwnPassword = {
  next: string;
  /** The present password; not needed just after a sign-in with it. */
  current?: string | undefined;
};

/**
 * Changes the password of whoever is signed in, and ends their other sessions.
 * Throws current_password_wrong, password_unchanged, session_ended and the refusals of password_*.
 */
export const createOwnPasswordChange =
  (context: Context) =>
  async (actor: Actor, { current, next }: OwnPassword): Promise<User> => {
    const { store, passwords, settings } = context;
    const { user, session } = await context.authority(store.read, actor);
    if (!user || !session) throw new Refusal('session_ended');
    const reason = whyNotAlter(user);
    if (reason) throw new Refusal(reason);
    const refusal = whyNotPassword(next, user.username, settings.passwordMinLength);
    if (refusal) throw refusal;

    const before = (await store.read.users.credentials(user.id))?.password ?? '';
    const matches = async (password: string): Promise<boolean> =>
      (await passwords.check(password, { id: user.id, stored: before }, 0)).matches;
    const fresh = session.passwordAt !== null && session.passwordAt > context.now(-freshSeconds);
    if (current === undefined ? !fresh : !(await matches(current)))
      throw new Refusal('current_password_wrong');
    if (await matches(next)) throw new Refusal('password_unchanged');

    const stored = await passwords.store(next, user.id);
    return store.write(async tx => {
      await context.authority(tx, actor);
      const now = await tx.users.credentials(user.id);
      // Somebody reset it while this one was being hashed: theirs counts.
      if (now?.password !== before) throw new Refusal('current_password_wrong');
      await bindSecretKey(tx, context.sealing, settings.envFile);
      await tx.users.change(user.id, { password: stored }, context.now());
      await tx.sessions.endOf(user.id, session.id);
      return existing(tx, user.id);
    });
  };
