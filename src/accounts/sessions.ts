import type { Transaction } from '../store/open.ts';
import type { Door, Session } from '../store/sessions.ts';
import type { User } from '../store/users.ts';
import { newId } from '../store/values.ts';
import type { Actor } from './actor.ts';
import type { AuditEntry } from './audit-writer.ts';
import type { Context } from './context.ts';
import { doors } from './doors.ts';
import type { FailedSignIns } from './failed-sign-ins.ts';
import type { Origin } from './origin.ts';
import type { SecondStepTaken } from './take-second-step.ts';

export type SignedIn = Pick<SecondStepTaken, 'recoveryCodesLeft'> & {
  actor: Actor;
  user: User;
  session: Session;
  /** Sign-ins to the account that failed before this one, at any door; undefined where none did, and over HTTP. */
  failed?: FailedSignIns | undefined;
};

/** How long a session lasts, in seconds, by the door it was begun through; 0: it does not end by itself. */
const lifetime = ({ settings }: Context, door: Door, { isAutomatic }: User): number => {
  if (!doors[door].givesTokens) return isAutomatic ? 0 : settings.sessionMaxSeconds;
  return isAutomatic ? settings.accessTokenSeconds : settings.refreshTokenSeconds;
};

type Beginning = SecondStepTaken & {
  door: Door;
  withPassword: boolean;
  /** Whether a sign-in code stood in for the password. */
  byCode?: boolean;
  from: Origin;
  /** It may be begun by whoever asks, as often as they like: the audit keeps it once in a while. */
  seldom?: boolean;
};

/** Begins a session inside the transaction of a sign-in. Those that have expired are cleared away with it. */
export const beginSession = async (
  context: Context,
  tx: Transaction,
  user: User,
  { door, withPassword, byCode = false, from, seldom = false, recoveryCodesLeft, codeAskedAt }: Beginning,
): Promise<SignedIn> => {
  const now = context.now();
  const seconds = lifetime(context, door, user);
  const session: Session = {
    id: newId(),
    userId: user.id,
    door,
    createdAt: now,
    expiresAt: seconds === 0 ? null : context.now(seconds),
    passwordAt: withPassword ? now : null,
    byCode,
    refresh: doors[door].givesTokens && withPassword ? { id: newId(), at: now, usedUp: [] } : null,
    address: from.address ?? from.ssh?.split(' ')[0] ?? null,
    tty: from.tty ?? null,
    seenAt: now,
  };
  await tx.sessions.endExpired(now);
  await tx.sessions.insert(session);
  const actor = { kind: 'session', sessionId: session.id, userId: user.id, from } as const;
  const after = codeAskedAt === undefined ? undefined : { codeAskedAt };
  await note(context, tx, { event: 'signed_in', actor, target: user, after }, seldom);
  if (recoveryCodesLeft !== undefined)
    await context.record(tx, {
      event: 'recovery_code_used',
      actor,
      target: user,
      after: { recoveryCodesLeft },
    });
  return { actor, user, session, recoveryCodesLeft };
};

/** Writes down that a session began or ended; where that is to be seldom, not again within a minute. */
const note = async (context: Context, tx: Transaction, entry: AuditEntry, seldom: boolean): Promise<void> => {
  if (!(seldom && (await context.wasKept(tx, entry)))) await context.record(tx, entry);
};

export const createSessions = (context: Context) => ({
  /** The user who is signed in, as the store holds it now. Throws session_ended. */
  current: async (actor: Actor): Promise<User | undefined> =>
    (await context.authority(context.store.read, actor, { evenConfined: true })).user,

  /** How many sessions are open, of everybody and in every process. Throws the signal's reason once that is aborted. */
  countOpen: (signal?: AbortSignal): Promise<number> =>
    context.store.readAside(reads => reads.sessions.countOpen(context.now()), signal),

  /** Signs out: that session ends, for good and at once. */
  end: async (sessionId: string, from?: Origin): Promise<void> =>
    context.store.write(async tx => {
      const session = await tx.sessions.find(sessionId);
      const user = session && (await tx.users.find(session.userId));
      if (!user) return;
      await tx.sessions.end(sessionId);
      const actor = { kind: 'session', sessionId, userId: user.id, from } as const;
      const seldom = user.isAutomatic && doors[session.door].isOpenToAll;
      await note(context, tx, { event: 'signed_out', actor, target: user }, seldom);
    }),

  /** Signs everybody out, at every door. */
  endAll: async (): Promise<void> => context.store.write(tx => endAllSessions(context, tx)),
});

/** Signs everybody out, inside a transaction. */
export const endAllSessions = async ({ clock }: Pick<Context, 'clock'>, tx: Transaction): Promise<void> => {
  await tx.sessions.endAll();
  // Beyond any count that another database of the same place can have: what was known there is known no more.
  await tx.revocations.raiseTo(clock().getTime());
};
