import { type Reason, Refusal, refuseIf } from '../refusal.ts';
import type { Transaction } from '../store/open.ts';
import type { OpenSession, SessionPlace } from '../store/session-lists.ts';
import type { Actor, Authority } from './actor.ts';
import type { Context } from './context.ts';
import type { LastSeen } from './last-seen.ts';

/** Whose sessions: one user's, or everybody's. */
export type SessionsOf = { userId?: string | undefined };

/** Why somebody cannot end a session; nothing where they can. */
const whyNotEnd = (actor: Actor, { id }: Pick<OpenSession, 'id'>): Reason | undefined =>
  actor.kind === 'session' && actor.sessionId === id ? 'own_session' : undefined;

const ownerOf = ({ userId, username }: OpenSession) => ({ id: userId, username });

/** Seeing who is signed in, and ending that: everybody's for superusers and commands, the own for anybody. */
export const createSessionList = (context: Context, seen: LastSeen) => {
  const { store } = context;

  const refuseOthers = ({ isSuperuser, user }: Authority, userId: string | undefined): void => {
    if (!isSuperuser && (userId === undefined || user?.id !== userId)) throw new Refusal('superuser_needed');
  };

  const endThem = async (tx: Transaction, actor: Actor, sessions: readonly OpenSession[]) => {
    for (const { id } of sessions) await tx.sessions.end(id);
    await context.record(
      tx,
      ...sessions.map(session => {
        const { door, createdAt, address, tty } = session;
        const before = { door, createdAt, address, tty };
        return { event: 'session_ended' as const, actor, target: ownerOf(session), before };
      }),
    );
  };

  const endAllBut = (actor: Actor, { userId }: SessionsOf): Promise<OpenSession[]> =>
    context.attempt({ event: 'session_ended', actor }, () =>
      store.write(async tx => {
        refuseOthers(await context.authority(tx, actor), userId);
        const all = await tx.sessionLists.page({ userId }, context.now());
        const others = all.filter(session => !whyNotEnd(actor, session));
        await endThem(tx, actor, others);
        // They would begin the next session.
        const codes = await tx.recoveries.endCodesOf(userId, context.now());
        await context.record(
          tx,
          ...codes.map(target => ({ event: 'sign_in_code_ended' as const, actor, target })),
        );
        return others;
      }),
    );

  return {
    /** Notes that a session is being used. */
    saw: seen.saw,

    /** Why the store would be asked in vain to end a session. */
    whyNotEnd,

    /**
     * Up to `limit` open sessions: the newest first, or from a place on the oldest first. Throws superuser_needed for
     * another's, and the reason of the signal once that is aborted.
     */
    page: (
      actor: Actor,
      of: SessionsOf,
      place: { before?: SessionPlace; after?: SessionPlace; limit: number },
      signal?: AbortSignal,
    ): Promise<OpenSession[]> =>
      store.readTogether(async reads => {
        refuseOthers(await context.authority(reads, actor), of.userId);
        return reads.sessionLists.page(of, context.now(), place);
      }, signal),

    /** Ends one session, and gives it. Throws session_not_found, superuser_needed and own_session. */
    endOne: async (actor: Actor, id: string): Promise<OpenSession> => {
      const [known] = await store.read.sessionLists.page({ id }, context.now());
      return context.attempt({ event: 'session_ended', actor, target: known && ownerOf(known) }, () =>
        store.write(async tx => {
          const who = await context.authority(tx, actor);
          const [session] = await tx.sessionLists.page({ id }, context.now());
          refuseOthers(who, session?.userId);
          if (!session) throw new Refusal('session_not_found');
          refuseIf(whyNotEnd(actor, session));
          await endThem(tx, actor, [session]);
          return session;
        }),
      );
    },

    /** Ends the sessions of a user but the one that asks for it, and a sign-in code. Gives those that it ended. Throws superuser_needed. */
    endOf: (actor: Actor, userId: string): Promise<OpenSession[]> => endAllBut(actor, { userId }),

    /** How many sessions `endOf`, or where no user is named `endOthers`, would end now. Throws superuser_needed. */
    countOthers: (actor: Actor, { userId }: SessionsOf = {}): Promise<number> =>
      store.readTogether(async reads => {
        const { session, ...who } = await context.authority(reads, actor);
        refuseOthers({ session, ...who }, userId);
        const now = context.now();
        if (userId === undefined) return (await reads.sessions.countOpen(now)) - (session ? 1 : 0);
        return (await reads.sessions.openOf(userId, now)).filter(({ id }) => id !== session?.id).length;
      }),

    /** Ends everybody's sessions but the one that asks for it, and all sign-in codes. Gives those that it ended. Throws superuser_needed. */
    endOthers: (actor: Actor): Promise<OpenSession[]> => endAllBut(actor, {}),
  };
};
