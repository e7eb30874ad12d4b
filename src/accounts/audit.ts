import { Refusal, type RefusalCode } from '../refusal.ts';
import type { AuditFilter, AuditHead, AuditPlace, AuditRow } from '../store/audit.ts';
import type { Transaction } from '../store/open.ts';
import type { Session } from '../store/sessions.ts';
import type { User } from '../store/users.ts';
import type { Actor } from './actor.ts';
import { type AuditVerdict, verifyChain } from './audit-chain.ts';
import type { AuditEvent } from './audit-writer.ts';
import type { Context } from './context.ts';
import { refuseOrdinary } from './list-users.ts';
import type { Origin } from './origin.ts';

/** Reading the audit: for superusers and commands. */
export const createAuditReading = (context: Context) => {
  const { store } = context;
  return {
    /** Writes down that a door refused somebody before any rule was asked; `what` is the route. */
    refused: (actor: Actor, code: RefusalCode, what: string): Promise<void> =>
      context.refused({ event: 'refused', actor, after: { what } }, code),

    /** Writes down, inside that transaction, that a used-up refresh token came back and ended its session. */
    tokenReused: async (
      tx: Transaction,
      { id: sessionId, userId }: Session,
      from?: Origin,
    ): Promise<void> => {
      const target = await tx.users.find(userId);
      await context.record(tx, { event: 'token_reused', from, target, before: { session: sessionId } });
    },

    /** Writes down what a command did that is no change of the database. Throws superuser_needed. */
    tell: (actor: Actor, event: AuditEvent, after: object): Promise<void> =>
      store.write(async tx => {
        await refuseOrdinary(context, tx, actor);
        await context.record(tx, { event, actor, after });
      }),

    /**
     * Up to `limit` rows: the newest first, or from a number on the oldest first. Throws superuser_needed, and here and
     * below the reason of the signal once that is aborted.
     */
    page: (actor: Actor, filter: AuditFilter, place: AuditPlace, signal?: AbortSignal): Promise<AuditRow[]> =>
      store.readTogether(async reads => {
        await refuseOrdinary(context, reads, actor);
        return reads.audit.page(filter, place);
      }, signal),

    /**
     * Whom a name belongs to, or belonged to until that user was deleted or got another: what they did is still there.
     * Throws superuser_needed and no_user_named.
     */
    userNamed: (actor: Actor, username: string): Promise<Pick<User, 'id' | 'username'>> =>
      store.readTogether(async reads => {
        await refuseOrdinary(context, reads, actor);
        const found =
          (await reads.users.findByName(username))?.user ?? (await reads.audit.formerUser(username));
        if (!found) throw new Refusal('no_user_named', { username });
        return { id: found.id, username: found.username };
      }),

    /** The last row, to be kept elsewhere and compared later. Throws superuser_needed. */
    head: (actor: Actor): Promise<AuditHead | undefined> =>
      store.readTogether(async reads => {
        await refuseOrdinary(context, reads, actor);
        return reads.audit.head();
      }),

    /** Whether every row is as it was written and none is gone, also against a head that was exported earlier. */
    verify: (actor: Actor, exported?: AuditHead, signal?: AbortSignal): Promise<AuditVerdict> =>
      store.readAside(async reads => {
        await refuseOrdinary(context, reads, actor);
        return verifyChain(reads, context.sealing, exported);
      }, signal),
  };
};
