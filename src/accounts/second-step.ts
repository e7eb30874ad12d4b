import { Refusal, refuseIf } from '../refusal.ts';
import type { Reads, Transaction } from '../store/open.ts';
import type { User } from '../store/users.ts';
import type { Actor } from './actor.ts';
import type { AuditEvent } from './audit-writer.ts';
import type { Context } from './context.ts';
import { existing } from './create-user.ts';
import { whyNotAlter, whyNotWish } from './guards.ts';
import { refuseOrdinary } from './list-users.ts';
import { hashOfRecoveryCode, newRecoveryCodes, newSecret, otpauthUri, stepOfCode } from './one-time-codes.ts';
import { proveOwnPassword } from './own-proof.ts';
import { spendOwnCode } from './take-second-step.ts';

/** That somebody has set one-time codes up: since when, and how many recovery codes are left. */
export type SecondStepState = { since: string; recoveryCodesLeft: number };

/** Setting one-time codes up: it counts once a code was right. */
export type Enrolment = {
  /** In base32. It is shown to its owner, and stored sealed only. */
  secret: string;
  /** What an app reads from a QR code, of at most so many bytes. */
  uri: (most?: number) => string;
  /**
   * Sets them up with the first code. Gives the recovery codes, which nobody can read again.
   * Throws one_time_code_wrong, one_time_codes_on, current_password_wrong and session_ended.
   */
  confirm: (code: string) => Promise<string[]>;
};

/** What turns them off or replaces the recovery codes: a one-time code or a recovery code, and the present password. */
export type SecondStepProof = { code: string; current: string };

/** The state of a user's second step; undefined where none was set up. */
export const secondStepState = async (
  { secondSteps }: { secondSteps: Pick<Reads['secondSteps'], 'find' | 'unusedCodes'> },
  userId: string,
): Promise<SecondStepState | undefined> => {
  const step = await secondSteps.find(userId);
  if (!step) return undefined;
  return { since: step.confirmedAt, recoveryCodesLeft: (await secondSteps.unusedCodes(userId)).length };
};

/** One-time codes as the second step of signing in (RFC 6238), and recovery codes for when there are none. */
export const createSecondStep = (context: Context) => {
  const { store, sealing } = context;

  const putNewCodes = async (tx: Transaction, userId: string, secret: string): Promise<string[]> => {
    const codes = newRecoveryCodes();
    await tx.secondSteps.replaceCodes(
      userId,
      codes.map(code => hashOfRecoveryCode(secret, code)),
    );
    return codes;
  };

  /**
   * What only who knows the password and has a code may do. Wrong codes count as failed sign-ins do, as wrong passwords here.
   * Throws one_time_codes_off, one_time_code_wrong, and what `proveOwnPassword` throws.
   */
  const withProof = async <T>(
    actor: Actor,
    event: AuditEvent,
    { code, current }: SecondStepProof,
    work: (tx: Transaction, user: User) => Promise<T>,
  ): Promise<T> => {
    const who = await context.authority(store.read, actor);
    return context.attempt({ event, actor, target: who.user }, async () => {
      const proof = await proveOwnPassword(context, who, { current });
      const { user } = proof;
      const outcome = await store.write(async tx => {
        await context.authority(tx, actor);
        await proof.settle(tx);
        // Not thrown in there: that would take the count back.
        if (!(await spendOwnCode(context, tx, user.id, code))) {
          await proof.countFailure(tx);
          return new Refusal('one_time_code_wrong');
        }
        await proof.forget(tx);
        const done = await work(tx, user);
        await context.record(tx, { event, actor, target: user });
        return { done };
      });
      if (outcome instanceof Refusal) throw outcome;
      return outcome.done;
    });
  };

  return {
    /** The own state. Throws session_ended. */
    own: async (actor: Actor): Promise<SecondStepState | undefined> => {
      const { user } = await context.authority(store.read, actor, { evenConfined: true });
      return user && secondStepState(store.read, user.id);
    },

    /**
     * Begins to set one-time codes up; nothing is stored before they are confirmed. The present password is not needed
     * just after a sign-in with it.
     * Throws automatic_account, one_time_codes_on, and what `proveOwnPassword` throws.
     */
    begin: async (actor: Actor, current?: string): Promise<Enrolment> => {
      const who = await context.authority(store.read, actor);
      const target = who.user;
      if (!target) throw new Refusal('session_ended');
      const event = 'one_time_codes_set_up';
      return context.attempt({ event, actor, target }, async () => {
        refuseIf(whyNotAlter(target));
        if (await store.read.secondSteps.find(target.id)) throw new Refusal('one_time_codes_on');
        const { user, settle, forget } = await proveOwnPassword(context, who, { current });
        const secret = await newSecret();
        return {
          secret,
          uri: most => otpauthUri(secret, user.username, most),
          // A wrong code is no guess here, for the secret stands beside it: nobody is held up.
          confirm: code =>
            context.attempt({ event, actor, target }, () =>
              store.write(async tx => {
                await context.authority(tx, actor);
                await settle(tx);
                await forget(tx);
                if (await tx.secondSteps.find(user.id)) throw new Refusal('one_time_codes_on');
                const lastStep = await stepOfCode(secret, code, context.clock().getTime());
                if (lastStep === undefined) throw new Refusal('one_time_code_wrong');
                await context.bind(tx);
                await tx.secondSteps.insert({
                  userId: user.id,
                  secret: sealing.oneTimeCodes.seal(secret, user.id),
                  confirmedAt: context.now(),
                  lastStep,
                });
                const codes = await putNewCodes(tx, user.id, secret);
                await context.record(tx, { event, actor, target: user });
                return codes;
              }),
            ),
        };
      });
    },

    /** Takes the own second step away. Throws what `withProof` throws. */
    turnOff: (actor: Actor, proof: SecondStepProof): Promise<void> =>
      withProof(actor, 'one_time_codes_turned_off', proof, (tx, user) => tx.secondSteps.remove(user.id)),

    /** Gives new recovery codes in the place of all there are. Throws the same. */
    renewRecoveryCodes: (actor: Actor, proof: SecondStepProof): Promise<string[]> =>
      withProof(actor, 'recovery_codes_made', proof, async (tx, user) => {
        const step = await tx.secondSteps.find(user.id);
        // It opened a moment ago, in this transaction.
        const secret = sealing.oneTimeCodes.unseal(step?.secret ?? '', user.id) ?? '';
        return putNewCodes(tx, user.id, secret);
      }),

    /**
     * A superuser takes the second step of somebody away who has lost it; all sessions of that user end.
     * Throws superuser_needed, user_not_found, one_time_codes_off, own_one_time_codes and automatic_account.
     */
    reset: async (actor: Actor, id: string): Promise<User> => {
      const event = 'one_time_codes_reset';
      return context.attempt({ event, actor, target: await store.read.users.find(id) }, () =>
        store.write(async tx => {
          await refuseOrdinary(context, tx, actor);
          const { user: own } = await context.authority(tx, actor);
          const user = await existing(tx, id);
          refuseIf(whyNotWish(user, 'reset one-time codes', own?.id));
          if (!(await tx.secondSteps.find(id))) throw new Refusal('one_time_codes_off');
          await tx.secondSteps.remove(id);
          await tx.sessions.endOf(id);
          await context.record(tx, { event, actor, target: user });
          return user;
        }),
      );
    },
  };
};
