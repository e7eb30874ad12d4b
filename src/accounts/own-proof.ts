import { Refusal } from '../refusal.ts';
import type { Transaction } from '../store/open.ts';
import type { Session } from '../store/sessions.ts';
import type { User } from '../store/users.ts';
import { type Authority, sourceOf } from './actor.ts';
import type { Wait } from './bcrypt-lane.ts';
import type { Context } from './context.ts';

/** For so long after a sign-in with the password, in seconds, it is not asked for again (API.md, reset-password). */
const freshSeconds = 300;

export type OwnProof = {
  user: User;
  /** How this person waits for a password to be hashed. */
  turn: Wait;
  /** Whether it is the present password. */
  matches: (password: string) => Promise<boolean>;
  /**
   * Inside the transaction that the proof is for. Throws current_password_wrong where somebody changed the password
   * meanwhile, and too_many_attempts.
   */
  settle: (tx: Transaction) => Promise<void>;
  /** After it, where all is proven: failures are forgotten for the right password. */
  forget: (tx: Transaction) => Promise<void>;
  /** Counts a failure of another proof, and writes down where the account has to wait for it. */
  countFailure: (tx: Transaction) => Promise<void>;
};

/**
 * Whether the present password is needed: whoever has just signed in with it knows it. Who was recovered does not, and can do
 * nothing but set another.
 */
export const needsCurrent = (
  context: Pick<Context, 'now'>,
  { user, session }: Pick<Authority, 'user' | 'session'>,
): boolean => {
  if (user && session && isRecovered({ user, session })) return false;
  return session?.passwordAt == null || session.passwordAt <= context.now(-freshSeconds);
};

/** Whether somebody signed in with a sign-in code, and has not set a new password yet. */
export const isRecovered = ({ user, session }: { user: User; session: Session }): boolean =>
  session.byCode && user.mustChangePassword;

/**
 * Makes sure that whoever is signed in knows the own password: they say it, or signed in with it a moment ago. Wrong ones
 * count as failed sign-ins do: whoever came by a token must not find out the password with it.
 * Throws current_password_missing, current_password_wrong, too_many_attempts, too_busy and session_ended.
 */
export const proveOwnPassword = async (
  context: Context,
  { actor, user, session }: Pick<Authority, 'actor' | 'user' | 'session'>,
  { current, signal }: { current: string | undefined; signal?: AbortSignal | undefined },
): Promise<OwnProof> => {
  const { store, passwords, throttle } = context;
  const before = user && (await store.read.users.credentials(user.id));
  if (!before) throw new Refusal('session_ended');
  const address = sourceOf(actor);
  const tries = address === undefined ? undefined : throttle.signIn(user.username, address);
  const countFailure = async (tx: Transaction): Promise<void> => {
    if (!tries) return;
    await tries.countFailure(tx);
    const seconds = await tries.heldUp(tx);
    if (seconds) await context.record(tx, { event: 'locked', actor, target: user, after: { seconds } });
  };
  const turn = { line: tries ? 'strangers' : 'insiders', signal } as const;
  const matches = async (password: string): Promise<boolean> =>
    (await passwords.check(password, { id: user.id, stored: before.password }, 0, turn)).matches;
  if (current === undefined && needsCurrent(context, { user, session }))
    throw new Refusal('current_password_missing');
  if (current !== undefined) {
    await tries?.admit(store.read);
    if (!(await matches(current))) {
      if (tries) await store.write(async tx => tries.admit(tx).then(() => countFailure(tx)));
      throw new Refusal('current_password_wrong');
    }
  }
  return {
    user,
    turn,
    matches,
    settle: async tx => {
      // Of many that were checked at the same time only the free ones learn what came of it.
      if (current !== undefined) await tries?.admit(tx);
      if (!passwords.isStill(before, await tx.users.credentials(user.id)))
        throw new Refusal('current_password_wrong');
    },
    forget: async tx => {
      if (current !== undefined) await tries?.forgetFailures(tx);
    },
    countFailure,
  };
};
