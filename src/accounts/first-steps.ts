import type { Store, Transaction } from '../store/open.ts';
import type { User } from '../store/users.ts';
import type { AuditEntry } from './audit-writer.ts';
import type { Origin } from './origin.ts';

/** So long, in seconds, a sign-in whose password or key was right waits for its one-time code. */
export const codePatience = 120;
/** Then it is written down that no code came; half a minute later, for one of the last moment is still being checked. */
const writtenAfter = codePatience + 30;
/** A database that was busy or full is tried again after so many milliseconds. */
const oncePer = 10_000;

/** Where a code has to come from, to be that of a sign-in. */
const placeOf = ({ door, address, tty }: Origin): string => [door, address ?? tty ?? ''].join(' ');

type Needs = {
  store: Pick<Store, 'write'> & { read: Pick<Store['read'], 'firstSteps'> };
  clock: () => Date;
  now: (inSeconds?: number) => string;
  record: (tx: Transaction, ...entries: readonly AuditEntry[]) => Promise<void>;
};

export type FirstSteps = ReturnType<typeof createFirstSteps>;

/**
 * The sign-ins that wait for a one-time code. Whoever knows the password and has no code must be found in the audit, and
 * whoever has one should not be there twice: a sign-in without its code is kept in the database from the moment it is asked
 * for, and what comes of the code takes its place in the audit. Where none comes, any process that has the database open
 * then, or opens it later, writes that.
 */
export const createFirstSteps = ({ store, clock, now, record }: Needs) => {
  let next: NodeJS.Timeout | undefined;
  let isClosed = false;

  const lookAfter = (milliseconds: number): void => {
    if (!isClosed) next ??= setTimeout(() => void writeUnanswered(), milliseconds).unref();
  };

  const write = async (): Promise<void> => {
    const oldest = await store.read.firstSteps.oldest();
    if (oldest === undefined) return;
    // One from the future was begun before the clock was set back.
    if (oldest > now() || oldest <= now(-writtenAfter))
      await store.write(async tx => {
        const unanswered = await tx.firstSteps.takeOutside(now(-writtenAfter), now());
        const entries = unanswered.map(({ userId, username, origin, at }) => ({
          event: 'one_time_code_asked' as const,
          from: JSON.parse(origin) as Origin,
          target: { id: userId, username },
          at,
          refused: 'one_time_code_required' as const,
        }));
        await record(tx, ...entries);
      });
    const left = await store.read.firstSteps.oldest();
    if (left === undefined) return;
    const due = Date.parse(left) + writtenAfter * 1000 - clock().getTime();
    lookAfter(Math.min(Math.max(due, 0), writtenAfter * 1000));
  };

  /** Writes down which sign-ins got no code in time, and looks again when the next one is due. */
  const writeUnanswered = async (): Promise<void> => {
    clearTimeout(next);
    next = undefined;
    // They stay in the database meanwhile.
    await write().catch(() => lookAfter(oncePer));
  };

  return {
    /** Keeps a sign-in that has to come again with a code. */
    keep: async (tx: Transaction, { id, username }: User, from: Origin): Promise<void> => {
      const origin = JSON.stringify(from);
      await tx.firstSteps.insert({ userId: id, username, place: placeOf(from), origin, at: now() });
      lookAfter(writtenAfter * 1000);
    },
    /**
     * A code came, right or wrong: the row of that stands for the newest sign-in that waits for one there. Gives when the code
     * was asked for, for that row: where two wait at one address, nothing of either is lost.
     */
    conclude: (tx: Transaction, { id }: User, from: Origin): Promise<string | undefined> =>
      tx.firstSteps.takeNewest(id, placeOf(from)),
    writeUnanswered,
    close: (): void => {
      isClosed = true;
      clearTimeout(next);
    },
  };
};
