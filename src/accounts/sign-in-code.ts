import { createHash, timingSafeEqual } from 'node:crypto';
import type { Transaction } from '../store/open.ts';
import type { OpenCode } from '../store/recoveries.ts';
import type { Context } from './context.ts';
import { generatePassword } from './generate-password.ts';
import type { SignedIn } from './sessions.ts';

/** A new code, four groups of five: 112 random bits, without characters that look alike. */
export const newSignInCode = (): string => generatePassword(0).replace(/.{5}(?=.)/g, group => `${group}-`);

/**
 * What the table holds for a code, however its groups were typed. A hash without salt or cost is enough: of 112 random bits
 * that count for a quarter of an hour nobody finds the ones that go with it.
 */
export const storedCode = (typed: string): string =>
  `sha256:${createHash('sha256').update(typed.replace(/[\s-]/g, '')).digest('hex')}`;

/** No code has this hash: what is compared where there is none. */
const ofNoCode = `sha256:${'0'.repeat(64)}`;

/**
 * The code of a user that was typed in place of the password, where it counts. The work is the same for everybody, also for
 * a name that nobody has: nobody learns by its time who exists, or who was recovered.
 */
export const codeTyped = async (
  { settings, now }: Pick<Context, 'settings' | 'now'>,
  tx: Pick<Transaction, 'recoveries'>,
  userId: string | undefined,
  typed: string,
): Promise<OpenCode | undefined> => {
  const open = await tx.recoveries.codeOf(userId ?? '', now());
  const isRight = timingSafeEqual(Buffer.from(storedCode(typed)), Buffer.from(open?.stored ?? ofNoCode));
  return isRight && settings.enableRecovery ? open : undefined;
};

/**
 * What a sign-in with a code means, beyond the session: the code counts no more, and whoever has signed in has to set a new
 * password first, for the one that is stored is lost to them.
 */
export const consumeCode = async (
  context: Pick<Context, 'now' | 'record'>,
  tx: Transaction,
  signedIn: SignedIn,
  { recoveryId }: OpenCode,
): Promise<SignedIn> => {
  const change = { mustChangePassword: true };
  await tx.recoveries.endCode(recoveryId);
  const user = await tx.users.change(signedIn.user.id, change, context.now());
  const { actor } = signedIn;
  await context.record(tx, { event: 'recovery_used', actor, target: user, after: change });
  return { ...signedIn, user };
};
