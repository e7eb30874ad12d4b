import { type Reason, Refusal } from '../refusal.ts';
import type { Transaction } from '../store/open.ts';
import type { ChangingUser, SelectedUser, SelectionPart, UserSelection } from '../store/user-selections.ts';
import { timestampOf } from '../store/values.ts';
import type { Actor } from './actor.ts';
import type { AuditEntry } from './audit-writer.ts';
import { type BulkAction, type BulkPlan, isSamePlan, planBulk } from './bulk-plan.ts';
import type { Context } from './context.ts';
import { whyNotWish } from './guards.ts';
import { refuseOrdinary } from './list-users.ts';

/** What was done with many users, and what is needed to undo it. */
export type BulkDone = {
  plan: BulkPlan;
  /** When it was done: no other change has this time. ISO 8601 with microseconds, UTC. */
  at: string;
  /** Who was changed, where they are few enough to be remembered. */
  users: SelectedUser[] | undefined;
};

/** What became of an undoing. */
export type BulkUndone = {
  plan: BulkPlan;
  /** How many were changed again since, and were left as they are; and who, where not too many were changed to know. */
  touched: number;
  touchedUsers: SelectedUser[] | undefined;
  /** The first few of those whom a rule keeps as they are. */
  refusedUsers: (SelectedUser & { reason: Reason })[];
};

export type BulkOptions = {
  /** Told how many users have been changed so far. */
  onProgress?: ((done: number) => void) | undefined;
  /** Takes everything back. */
  signal?: AbortSignal | undefined;
};

/** So many users are remembered by name, for who undoes a change to be told of those that it leaves. */
const mostRemembered = 10_000;

/** So many of those whom a rule keeps are named. Each rule on flags keeps one at the most. */
const mostRefused = 12;

const opposite = {
  activate: 'deactivate',
  deactivate: 'activate',
  promote: 'demote',
  demote: 'promote',
} as const satisfies Partial<Record<BulkAction, BulkAction>>;

/** Doing one thing to many users: planned, confirmed, and done in one transaction or not at all. */
export const createBulk = (context: Context) => {
  const { store } = context;

  const changeBatch = async (
    tx: Transaction,
    action: BulkAction,
    ids: string[],
    at: string,
  ): Promise<void> => {
    if (action === 'delete') return tx.batches.remove(ids, at);
    if (action === 'activate' || action === 'deactivate')
      await tx.batches.setFlag(ids, { isActive: action === 'activate' }, at);
    else await tx.batches.setFlag(ids, { isSuperuser: action === 'promote' }, at);
    if (action === 'deactivate' || action === 'demote') await tx.batches.endSessions(ids);
  };

  const changeAll = async (
    tx: Transaction,
    {
      selection,
      part,
      action,
      at,
      actor,
    }: { selection: UserSelection; part: SelectionPart; action: BulkAction; at: string; actor: Actor },
    { onProgress, signal }: BulkOptions,
  ): Promise<SelectedUser[] | undefined> => {
    const remembered: SelectedUser[] = [];
    let done = 0;
    for await (const users of tx.selections.batches(selection, part)) {
      signal?.throwIfAborted();
      await changeBatch(
        tx,
        action,
        users.map(({ id }) => id),
        at,
      );
      await context.record(tx, ...users.map(user => entryOf(action, actor, user)));
      done += users.length;
      if (done <= mostRemembered) remembered.push(...users.map(({ id, username }) => ({ id, username })));
      onProgress?.(done);
    }
    signal?.throwIfAborted();
    return done <= mostRemembered ? remembered : undefined;
  };

  /**
   * A time that no other change has: what was changed by this one is found by it. Single changes have whole
   * milliseconds, so that one of the same millisecond has another time too.
   */
  const ownTime = async (tx: Transaction): Promise<string> => {
    let at = laterBy(context.now(), 1);
    while (await tx.batches.hasChangedAt(at)) at = laterBy(at, 1);
    return at;
  };

  /** Whom an undoing has left of the selection, and by which rule. */
  const refusedOf = async (
    tx: Transaction,
    selection: UserSelection,
    action: BulkAction,
    ownId: string | undefined,
  ): Promise<BulkUndone['refusedUsers']> => {
    const refused: BulkUndone['refusedUsers'] = [];
    for (const { id, username } of await tx.selections.first(selection, {}, mostRefused)) {
      const user = await tx.users.find(id);
      // Who is kept for nothing that is known of the user alone is the superuser who has to stay.
      const reason = (user && whyNotWish(user, action, ownId)) ?? 'last_superuser';
      refused.push({ id, username, reason });
    }
    return refused;
  };

  return {
    /** Who of these users is still there, by the names they have now. Throws superuser_needed. */
    present: (actor: Actor, ids: readonly string[]): Promise<SelectedUser[]> =>
      store.readAside(async reads => {
        await refuseOrdinary(context, reads, actor);
        return reads.selections.first({ ids: [...ids] }, {}, ids.length);
      }),

    /** What the action would do. Throws superuser_needed. */
    plan: (
      actor: Actor,
      selection: UserSelection,
      action: BulkAction,
      signal?: AbortSignal,
    ): Promise<BulkPlan> =>
      store.readAside(async reads => {
        await refuseOrdinary(context, reads, actor);
        return (await planBulk(reads, await context.authority(reads, actor), selection, action)).plan;
      }, signal),

    /**
     * Does what was planned, all of it or nothing. Throws plan_changed where it would be something else by now, and the
     * signal's reason where that is aborted; both leave everything as it was.
     */
    apply: (
      actor: Actor,
      selection: UserSelection,
      confirmed: BulkPlan,
      options: BulkOptions = {},
    ): Promise<BulkDone> =>
      context.attempt({ event: confirmed.action === 'delete' ? 'user_deleted' : 'user_changed', actor }, () =>
        store.write(async tx => {
          await refuseOrdinary(context, tx, actor);
          const who = await context.authority(tx, actor);
          const { plan, part } = await planBulk(tx, who, selection, confirmed.action);
          if (!isSamePlan(plan, confirmed)) throw new Refusal('plan_changed');
          const at = await ownTime(tx);
          const { action } = plan;
          return { plan, at, users: await changeAll(tx, { selection, part, action, at, actor }, options) };
        }),
      ),

    /**
     * Sets the flags back, through the same rules, of all whom nothing has changed since. Deletions are not undone.
     * Throws superuser_needed.
     */
    undo: (
      actor: Actor,
      { plan: done, at, users }: BulkDone,
      options: BulkOptions = {},
    ): Promise<BulkUndone> =>
      store.write(async tx => {
        await refuseOrdinary(context, tx, actor);
        if (done.action === 'delete') throw new Refusal('not_undone');
        const who = await context.authority(tx, actor);
        const selection = { changedAt: at };
        const { plan, part } = await planBulk(tx, who, selection, opposite[done.action]);
        const ids = users?.map(({ id }) => id) ?? [];
        const touchedIds = new Set(await tx.batches.notChangedAt(ids, at));
        await changeAll(tx, { selection, part, action: plan.action, at: await ownTime(tx), actor }, options);
        return {
          plan,
          touched: done.toChange - plan.total,
          touchedUsers: users?.filter(({ id }) => touchedIds.has(id)).sort(byName),
          // Whoever was set back has another time by now.
          refusedUsers: await refusedOf(tx, selection, plan.action, who.user?.id),
        };
      }),
  };
};

/** What the audit keeps of one of many: the flag that was the other way round before, or all that is gone. */
const entryOf = (action: BulkAction, actor: Actor, target: ChangingUser): AuditEntry => {
  const { isActive, isSuperuser } = target;
  if (action === 'delete') return { event: 'user_deleted', actor, target, before: { isActive, isSuperuser } };
  const flag = action === 'activate' || action === 'deactivate' ? 'isActive' : 'isSuperuser';
  const is = action === 'activate' || action === 'promote';
  return { event: 'user_changed', actor, target, before: { [flag]: !is }, after: { [flag]: is } };
};

const byName = (one: SelectedUser, other: SelectedUser): number => (one.username < other.username ? -1 : 1);

/** The timestamp so many microseconds later. */
const laterBy = (timestamp: string, microseconds: number): string => {
  const micros = Number(timestamp.slice(-4, -1)) + microseconds;
  const next = new Date(Date.parse(timestamp) + Math.floor(micros / 1000));
  return timestampOf(next).replace(/000Z$/, `${String(micros % 1000).padStart(3, '0')}Z`);
};
