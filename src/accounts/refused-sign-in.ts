import { type Reason, Refusal } from '../refusal.ts';
import type { Transaction } from '../store/open.ts';
import type { User } from '../store/users.ts';
import type { Context } from './context.ts';
import type { Origin } from './origin.ts';
import type { SignInTries } from './throttle.ts';

export type FailedSignIn = {
  code: Reason;
  from: Origin;
  /** Whose account it was; of a name that nobody has nothing is kept: people type their password where the name belongs. */
  target: User | undefined;
  /** See SecondStepTaken. */
  codeAskedAt?: string | undefined;
};

/** Writes down that a sign-in was refused. Gives the refusal, for thrown in the transaction it would take that back. */
export const refusedSignIn = async (
  context: Context,
  tx: Transaction,
  { code, from, target, codeAskedAt }: FailedSignIn,
): Promise<Refusal> => {
  const after = codeAskedAt === undefined ? undefined : { codeAskedAt };
  await context.record(tx, { event: 'sign_in_failed', from, target, after, refused: code });
  return new Refusal(code);
};

/** The same of one that counts as a failure: whoever goes on so is held up. */
export const failedSignIn = async (
  context: Context,
  tx: Transaction,
  tries: SignInTries | undefined,
  failed: FailedSignIn,
): Promise<Refusal> => {
  await tries?.countFailure(tx);
  const refusal = await refusedSignIn(context, tx, failed);
  const seconds = await tries?.heldUp(tx);
  const { from, target } = failed;
  if (seconds) await context.record(tx, { event: 'locked', from, target, after: { seconds } });
  return refusal;
};
