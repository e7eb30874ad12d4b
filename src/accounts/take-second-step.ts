import { Refusal } from '../refusal.ts';
import type { Transaction } from '../store/open.ts';
import type { SecondStep } from '../store/second-steps.ts';
import type { User } from '../store/users.ts';
import type { Context } from './context.ts';
import { findRecoveryCode, stepOfCode } from './one-time-codes.ts';
import type { Origin } from './origin.ts';
import { failedSignIn } from './refused-sign-in.ts';
import type { SignInTries } from './throttle.ts';

/** How the second step went well. */
export type SecondStepTaken = {
  /** So many recovery codes are left, where one was used; undefined where none was. */
  recoveryCodesLeft?: number | undefined;
  /** When the code was asked for, where it came later than the password or the key. */
  codeAskedAt?: string | undefined;
};

export type SecondStepTry = {
  user: User;
  /** What was typed: a code of the app, or a recovery code. None: the person has to be asked. */
  code: string | undefined;
  /** Undefined where nobody is held up. */
  tries: SignInTries | undefined;
  from: Origin;
};

/**
 * The second step of a sign-in, after the password or the key was right, inside the transaction that begins the session:
 * of two processes that are given the same code, one finds it used. Nothing has to be done where none was set up.
 * Gives one_time_code_required, which does not count as a failure, or one_time_code_wrong, which does; `tries` must have
 * been admitted in this transaction, and are not forgotten here.
 */
export const takeSecondStep = async (
  context: Context,
  tx: Transaction,
  { user, code, tries, from }: SecondStepTry,
): Promise<SecondStepTaken | Refusal> => {
  const step = await tx.secondSteps.find(user.id);
  if (!step) return {};
  if (!code) {
    // No failed sign-in: the code comes with the next one. If it does not, somebody else may know the password.
    await context.firstSteps.keep(tx, user, from);
    return new Refusal('one_time_code_required');
  }
  const codeAskedAt = await context.firstSteps.conclude(tx, user, from);
  const taken = await spendCode(context, tx, step, code);
  if (taken) return { ...taken, codeAskedAt };
  const failed = { code: 'one_time_code_wrong', from, target: user, codeAskedAt } as const;
  return failedSignIn(context, tx, tries, failed);
};

/** Uses a code up, or a recovery code. Gives nothing where it is not right, or was used before. */
export const spendCode = async (
  { sealing, clock, now }: Pick<Context, 'sealing' | 'clock' | 'now'>,
  tx: Transaction,
  { userId, secret, lastStep }: SecondStep,
  typed: string,
): Promise<SecondStepTaken | undefined> => {
  const opened = sealing.oneTimeCodes.unseal(secret, userId);
  // A seal that does not open was moved here from another row, or damaged: nobody signs in with it.
  if (opened === undefined) return undefined;
  const step = await stepOfCode(opened, typed, clock().getTime());
  if (step !== undefined) {
    // Also of older ones: what was typed a moment ago may have been seen. A clock that was set back lets nobody in twice.
    if (step <= lastStep) return undefined;
    await tx.secondSteps.setLastStep(userId, step);
    return {};
  }
  const unused = await tx.secondSteps.unusedCodes(userId);
  const found = findRecoveryCode(opened, typed, unused);
  if (found === undefined) return undefined;
  await tx.secondSteps.spendCode(userId, found, now());
  return { recoveryCodesLeft: unused.length - 1 };
};

/** As `spendCode`: whether it was right. Throws one_time_codes_off. */
export const spendOwnCode = async (
  context: Pick<Context, 'sealing' | 'clock' | 'now'>,
  tx: Transaction,
  userId: string,
  typed: string,
): Promise<boolean> => {
  const step = await tx.secondSteps.find(userId);
  if (!step) throw new Refusal('one_time_codes_off');
  return (await spendCode(context, tx, step, typed)) !== undefined;
};
