import { Refusal } from '../refusal.ts';
import type { Door } from '../store/sessions.ts';
import type { Context } from './context.ts';
import { doors } from './doors.ts';
import { failedBefore } from './failed-sign-ins.ts';
import type { Origin } from './origin.ts';
import { failedSignIn, refusedSignIn } from './refused-sign-in.ts';
import { beginSession, type SignedIn } from './sessions.ts';
import { codeTyped, consumeCode } from './sign-in-code.ts';
import { takeSecondStep } from './take-second-step.ts';

export type SignInRequest = {
  username: string;
  password: string;
  /** A code of the app, or a recovery code, where the user has set one-time codes up. */
  oneTimeCode?: string | undefined;
  door: Door;
  /** The client's address. Without one, as at the local console, nobody is held up and no failure counts. */
  source?: string | undefined;
  /** Where the request comes from, for the audit. */
  from?: Origin | undefined;
  /** Ends the waiting for a turn to be checked, with its reason; a check that has begun is finished. */
  signal?: AbortSignal | undefined;
};

/**
 * Signs somebody in with a password, or with a sign-in code in its place, which counts once; and with a one-time code where
 * they have set that up. A door that has none to give is told so by one_time_code_required, and comes again with both.
 * Throws bad_credentials, after the same time whether the name exists or not; waiting_for_approval, inactive_user,
 * one_time_code_required or one_time_code_wrong after the right password only; too_many_attempts; too_busy.
 */
export const createSignIn =
  (context: Context) =>
  async ({
    username,
    password,
    oneTimeCode,
    door,
    source,
    signal,
    from = { ...context.origin, door },
  }: SignInRequest): Promise<SignedIn> => {
    const { store, passwords, throttle } = context;
    const tries = source === undefined ? undefined : throttle.signIn(username, source);
    await tries?.admit(store.read);
    const found = await store.read.users.findByName(username);
    const account = found && { id: found.user.id, stored: found.password };
    const highest = await store.read.users.highestCost();
    const line = doors[door].isRemote ? 'strangers' : 'insiders';
    const check = (ending = signal) => passwords.check(password, account, highest, { line, signal: ending });
    const { matches, renewed } = await (tries ? tries.check(signal, check) : check());

    const outcome = await store.write(async tx => {
      // Of those that were checked at the same time only the free ones learn what came of it. All of them may be right:
      // then none of them is held up, however many there are.
      const failed = await tries?.admit(tx);
      const code = await codeTyped(context, tx, found?.user.id, password);
      const now = found && (matches || code) ? await tx.users.credentials(found.user.id) : undefined;
      if (!found || !now || !(code || passwords.isStill(found, now))) {
        return failedSignIn(context, tx, tries, { code: 'bad_credentials', from, target: found?.user });
      }
      const { user } = now;
      if (!user.isActive) {
        const reason = user.lastLoginAt ? 'inactive_user' : 'waiting_for_approval';
        return refusedSignIn(context, tx, { code: reason, from, target: user });
      }
      if (renewed && now.password === found.password) {
        await context.bind(tx);
        await tx.users.reseal(user.id, renewed);
      }
      const step = await takeSecondStep(context, tx, { user, code: oneTimeCode, tries, from });
      if (step instanceof Refusal) return step;
      if (failed) await tries?.forgetFailures(tx);
      const lastLoginAt = context.now();
      await tx.users.signedIn(user.id, lastLoginAt);
      await tx.folders.ensureDefault(user.id);
      // Who gets tokens is not told, and the count goes on.
      const failedNow = doors[door].givesTokens ? undefined : await failedBefore(tx, user.id);
      const beginning = { door, withPassword: true, byCode: code !== undefined, from, ...step };
      const begun = await beginSession(context, tx, { ...user, lastLoginAt }, beginning);
      const signedIn = code ? await consumeCode(context, tx, begun, code) : begun;
      return { ...signedIn, failed: failedNow };
    });
    if (!(outcome instanceof Refusal)) return outcome;
    const isFailure = outcome.code === 'bad_credentials' || outcome.code === 'one_time_code_wrong';
    if (isFailure) await tries?.sendOthersAway(store.read);
    throw outcome;
  };

/** So many sessions the automatic account has at each door: a page begins one whenever it is opened, and ends none. */
const mostAutomatic = 500;

/**
 * Signs the automatic account in, where automatic sign-in is on. Gives nothing where it is off, at a door that never
 * does it, or where the account was not made yet.
 */
export const createAutomaticSignIn =
  (context: Context) =>
  async (door: Door, from: Origin = { ...context.origin, door }): Promise<SignedIn | undefined> => {
    if (!context.settings.autoLogin || !doors[door].signsInByItself) return undefined;
    return context.store.write(async tx => {
      const user = await tx.users.automatic();
      if (!user) return undefined;
      const lastLoginAt = context.now();
      await tx.users.signedIn(user.id, lastLoginAt);
      await tx.sessions.endOldestOf(user.id, door, mostAutomatic - 1);
      return beginSession(
        context,
        tx,
        { ...user, lastLoginAt },
        { door, withPassword: false, from, seldom: doors[door].isOpenToAll },
      );
    });
  };
