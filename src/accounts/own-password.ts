import { Refusal } from '../refusal.ts';
import type { User } from '../store/users.ts';
import type { Actor } from './actor.ts';
import { applyEdit, cleanEdit, type UserEdit } from './apply-edit.ts';
import type { Context } from './context.ts';
import { existing } from './create-user.ts';
import { whyNotAlter } from './guards.ts';
import { proveOwnPassword } from './own-proof.ts';
import { refusePassword } from './passwords.ts';
import type { Seen } from './stale.ts';

export type OwnPassword = {
  /** Whose password the request is about, where it says so. */
  userId?: string | undefined;
  next: string;
  /** The present password; not needed just after a sign-in with it. */
  current?: string | undefined;
  /** What else to change of the own account in the same transaction. */
  edit?: Omit<UserEdit, 'password' | 'mustChangePassword'> | undefined;
  seen?: Seen | undefined;
  /** Ends the waiting for a turn to be hashed, with its reason. */
  signal?: AbortSignal | undefined;
};

/** Who has to change the password first may do that, and nothing else with it. */
const allowing = ({ edit }: Pick<OwnPassword, 'edit'>) => ({ evenConfined: edit === undefined });

/**
 * Changes the password of whoever is signed in, and ends their other sessions; who comes with an API key has none that
 * would stay, and always needs the present password. Wrong ones count as failed sign-ins do: whoever came by a token must
 * not find out the password with it.
 * Throws others_password where it is somebody else's, stale_change, current_password_missing, current_password_wrong,
 * too_many_attempts, too_busy, password_unchanged, session_ended and the refusals of password_*; with an edit of more
 * than the password password_change_required, too.
 */
export const createOwnPasswordChange = (context: Context) => {
  const change = changeWith(context);
  return async (actor: Actor, wish: OwnPassword): Promise<User> => {
    const { user } = await context.authority(context.store.read, actor, allowing(wish));
    const isOwn = wish.userId === undefined || wish.userId === user?.id;
    const target = isOwn ? user : await context.store.read.users.find(wish.userId ?? '');
    const event = isOwn ? 'password_changed' : 'password_reset';
    return context.attempt({ event, actor, target }, () => change(actor, wish));
  };
};

const changeWith =
  (context: Context) =>
  async (actor: Actor, wish: OwnPassword): Promise<User> => {
    const { userId, current, next, edit = {}, seen, signal } = wish;
    const { store, passwords, settings } = context;
    const { user, session } = await context.authority(store.read, actor, allowing(wish));
    if (!user) throw new Refusal('session_ended');
    if (userId !== undefined && userId !== user.id) throw new Refusal('others_password');
    const reason = whyNotAlter(user);
    if (reason) throw new Refusal(reason);
    await refusePassword(next, edit.username ?? user.username, settings.passwordMinLength);

    const proof = await proveOwnPassword(context, { actor, user, session }, { current, signal });
    if (await proof.matches(next)) throw new Refusal('password_unchanged');

    const stored = await passwords.store(next, user.id, proof.turn);
    return store.write(async tx => {
      const who = await context.authority(tx, actor, allowing(wish));
      // Somebody changed it while this one was being hashed: theirs counts.
      await proof.settle(tx);
      await proof.forget(tx);
      return applyEdit(context, tx, {
        who,
        user: await existing(tx, user.id),
        edit: cleanEdit(edit),
        stored,
        seen,
      });
    });
  };
