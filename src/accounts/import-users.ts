import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { Refusal, type RefusalCode } from '../refusal.ts';
import type { Transaction } from '../store/open.ts';
import type { ImportedUser } from '../store/user-imports.ts';
import { caseFold } from '../text.ts';
import type { Actor } from './actor.ts';
import type { AuditEntry } from './audit-writer.ts';
import type { Context } from './context.ts';
import { type CheckedRow, checkRow, type ImportRow, isThere } from './import-rows.ts';
import { refuseOrdinary } from './list-users.ts';

/** What became of a row, or would. */
export type RowResult = {
  place: number;
  username: string;
  /** Undefined where it was not added. */
  id?: string;
  /** Why not; for who is left out on demand that the user exists. */
  refused?: { code: RefusalCode; sentence: string };
};

export type ImportPlan = {
  rows: number;
  /** How many are to be added, and how many of those get a password that is still to be hashed. */
  toAdd: number;
  toHash: number;
  /** Rows that stand in the way of all. */
  refused: RowResult[];
  /** Rows of users who exist, to be left out. */
  skipped: RowResult[];
  /** Who is to be added, in the order of the file. */
  added: () => Generator<RowResult>;
  /** The users to be added, a thousand at a time. */
  batches: readonly Buffer[];
};

export type ImportOptions = {
  /** Told how many passwords have been hashed, and then how many users written. */
  onHashed?: (done: number) => void;
  onWritten?: (done: number) => void;
};

/** The users to be written are kept as JSON outside of JavaScript's heap, which a million objects would fill. */
const batchSize = 1000;
/** Up to so many the audit has a row for each, more are told by the one that names their number. */
const mostInAudit = 10_000;

/** Adding many users from a file: all of them or none. */
export const createUserImport = (context: Context) => {
  const { store, settings, passwords } = context;

  return {
    /**
     * Reads the rows and finds out what an import of them would do; `unit` is what they are counted in. Throws
     * superuser_needed and what reading the rows does.
     */
    planImport: async (
      actor: Actor,
      rows: AsyncIterable<readonly ImportRow[]>,
      { unit, skipExisting }: { unit: string; skipExisting: boolean },
    ): Promise<ImportPlan> => {
      await refuseOrdinary(context, store.read, actor);
      const usual = {
        isActive: settings.newUserIsActive,
        now: context.now(),
        passwordMinLength: settings.passwordMinLength,
      };
      const seen = { names: new Map<string, number>(), ids: new Map<string, number>() };
      const refused: RowResult[] = [];
      const skipped: RowResult[] = [];
      const batches: Buffer[] = [];
      let [total, toAdd, toHash] = [0, 0, 0];
      const refuse = (row: ImportRow, error: unknown): void => {
        if (!(error instanceof Refusal)) throw error;
        const result = resultOf(row, error);
        (skipExisting && isThere(error.code) ? skipped : refused).push(result);
      };
      const checked = async (row: ImportRow): Promise<CheckedRow | undefined> => {
        try {
          const good = await checkRow(row, usual);
          refuseTwice(seen, good, unit);
          return good;
        } catch (error) {
          refuse(row, error);
          return undefined;
        }
      };
      for await (const some of rows) {
        total += some.length;
        const good: [row: ImportRow, user: CheckedRow][] = [];
        for (const row of some) {
          const user = await checked(row);
          if (user) good.push([row, user]);
        }
        const users = good.map(([, user]) => user);
        const taken = await store.read.imports.taken(
          users.map(({ username }) => username),
          users.flatMap(({ id, ownId }) => (ownId ? id : [])),
        );
        const free = good.flatMap(([row, user]) => {
          const why = whyTaken(user, taken);
          if (why) refuse(row, new Refusal(why));
          return why ? [] : user;
        });
        toAdd += free.length;
        toHash += free.filter(({ password }) => password !== undefined).length;
        for (let at = 0; at < free.length; at += batchSize)
          batches.push(Buffer.from(JSON.stringify(free.slice(at, at + batchSize))));
      }
      refused.sort(byPlace);
      skipped.sort(byPlace);
      return { rows: total, toAdd, toHash, refused, skipped, batches, added: () => addedOf(batches) };
    },

    /**
     * Does what was planned, in one transaction. Throws import_overtaken where somebody else took one of the names or
     * ids meanwhile, and whatever keeps a password from being hashed.
     */
    applyImport: async (
      actor: Actor,
      { batches, toAdd }: ImportPlan,
      source: { file: string },
      { onHashed, onWritten }: ImportOptions = {},
    ): Promise<void> => {
      const hashed = await hashAll(batches, onHashed);
      const writeAll = async (tx: Transaction): Promise<void> => {
        const now = context.now();
        let done = 0;
        let writing: Promise<void> | undefined;
        try {
          for (const batch of batches) {
            const users = usersIn(batch);
            const rows = users.map(user => rowOf(user, hashed));
            await writing;
            writing = tx.imports.insert(rows, now);
            // Who awaits it hears of it, a moment later.
            writing.catch(() => {});
            if (toAdd <= mostInAudit) {
              await writing;
              await context.record(tx, ...users.map(user => entryOf(actor, user)));
            }
            // SQLite writes this batch in its thread while the passwords of the next one are sealed in ours.
            await setImmediate();
            done += users.length;
            onWritten?.(done);
          }
        } finally {
          // Whatever ends it, nothing of it may be written after the transaction.
          await writing;
        }
      };
      await store.write(async tx => {
        await refuseOrdinary(context, tx, actor);
        await context.bind(tx);
        for (const batch of batches) await refuseOvertaken(tx, usersIn(batch));
        await context.record(tx, { event: 'imported', actor, after: { ...source, users: toAdd } });
        await tx.imports.inBulk(toAdd, () => writeAll(tx));
      });
      if (toAdd > mostInAudit) await store.trim();
    },
  };

  /** The stored passwords of those who come with a plain one, by their ids. A few are on their way at a time. */
  async function hashAll(batches: readonly Buffer[], onHashed: ImportOptions['onHashed']) {
    const hashed = new Map<string, { sealed: string; cost: number }>();
    const waiting = (function* () {
      for (const batch of batches) yield* usersIn(batch).filter(({ password }) => password !== undefined);
    })();
    const hashSome = async (): Promise<void> => {
      for (const { id, password = '' } of waiting) {
        hashed.set(id, await passwords.store(password, id));
        onHashed?.(hashed.size);
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, hashSome));
    return hashed;
  }

  function rowOf(
    user: CheckedRow,
    hashed: ReadonlyMap<string, { sealed: string; cost: number }>,
  ): ImportedUser {
    const stored = hashed.get(user.id) ?? passwords.keep(user.hash, user.id);
    return { ...user, password: stored.sealed, passwordCost: stored.cost };
  }

  async function refuseOvertaken(tx: Transaction, users: readonly CheckedRow[]): Promise<void> {
    const taken = await tx.imports.taken(
      users.map(({ username }) => username),
      users.map(({ id }) => id),
    );
    if (users.some(user => whyTaken(user, taken))) throw new Refusal('import_overtaken');
  }
};

const usersIn = (batch: Buffer): CheckedRow[] => JSON.parse(batch.toString());

const addedOf = function* (batches: readonly Buffer[]): Generator<RowResult> {
  for (const batch of batches)
    for (const { place, username, id } of usersIn(batch)) yield { place, username, id };
};

const whyTaken = (user: CheckedRow, taken: { folds: Set<string>; ids: Set<string> }) => {
  if (taken.folds.has(caseFold(user.username))) return 'username_unavailable';
  return taken.ids.has(user.id) ? 'id_taken' : undefined;
};

/** Remembers a row, unless an earlier one has its name or its id. */
const refuseTwice = (
  seen: { names: Map<string, number>; ids: Map<string, number> },
  { place, id, ownId, username }: CheckedRow,
  unit: string,
): void => {
  const fold = caseFold(username);
  const sameName = seen.names.get(fold);
  if (sameName !== undefined) throw new Refusal('name_twice', { unit, place: sameName });
  const sameId = ownId ? seen.ids.get(id) : undefined;
  if (sameId !== undefined) throw new Refusal('id_twice', { unit, place: sameId });
  seen.names.set(fold, place);
  if (ownId) seen.ids.set(id, place);
};

const resultOf = ({ place, values: { username } }: ImportRow, { code, message }: Refusal): RowResult => ({
  place,
  username: typeof username === 'string' ? username : '',
  refused: { code, sentence: message },
});

const byPlace = (one: RowResult, other: RowResult): number => one.place - other.place;

const entryOf = (
  actor: Actor,
  { id, username, isActive, isSuperuser, mustChangePassword }: CheckedRow,
): AuditEntry => ({
  event: 'user_added',
  actor,
  target: { id, username },
  after: { isActive, isSuperuser, ...(mustChangePassword && { mustChangePassword }) },
});
