import { type Kysely, sql } from 'kysely';
import { type Change, createRevocations } from './revocations.ts';
import type { Schema } from './schema.ts';

/** How often the database is asked whether another process changed it, in milliseconds. */
const pollInterval = 250;
/**
 * So long, in milliseconds, the connection that writes may be busy before what changed is taken for another process's. Under
 * many writes in a row, own ones are, too, and everybody reads again for nothing. To wait for its answer instead would be
 * late by as long as it is busy: a copy of the database keeps it for minutes, in which others write.
 */
const patience = 250;

export type Changes = {
  /** Calls the listener after every change, at once for this process's own. Gives a function that stops it. */
  listen: (listener: (change: Change) => void) => () => void;
  /** Says that this process has changed something. */
  announce: (change: Change) => void;
  /**
   * Up to when the listeners know of every change, in milliseconds of performance.now(); -Infinity while nobody listens
   * or nothing was found out yet.
   */
  knownUntil: () => number;
  /** Ends when the last question to the database is answered, so that the watching connection can be closed. */
  close: () => Promise<void>;
};

/**
 * Tells when the database changed. SQLite raises `data_version` on a connection when another connection has
 * committed, whichever process it is in (sqlite.org/pragma.html#pragma_data_version), so the connection that
 * asks must be always the same one. The watcher, which never writes and never waits, sees that there was a change; the
 * one connection of this process that writes sees whether it was another's: its own are announced by whoever makes them.
 * Nothing is asked while nobody listens.
 */
export const watchChanges = (watcher: Kysely<Schema>, writer: Kysely<Schema>): Changes => {
  const listeners = new Set<(change: Change) => void>();
  const revocations = createRevocations(watcher);
  let timer: NodeJS.Timeout | undefined;
  let seen: { version: Version; others: Version; revocations: number } | undefined;
  let knownUntil = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  const elsewhere = (revoked: boolean): Change => ({
    revoked,
    revokedOf: undefined,
    signedIn: new Map(),
    tables: undefined,
  });
  const announce = (change: Change) => {
    for (const listener of listeners) listener(change);
  };
  const look = async () => {
    const began = performance.now();
    const before = seen;
    // In this order: what is committed between two questions must be seen by the watcher.
    const first = before ? undefined : await versionOf(writer, patience);
    const version = await versionOf(watcher);
    if (!before || version !== before.version) {
      const others = before ? await versionOf(writer, patience) : first;
      const isOthers = !before || others === undefined || others !== before.others;
      // After the writer was asked, and only where it is told of: nothing that another revokes is taken for known.
      const count = isOthers ? await revocations.count() : before.revocations;
      // Nobody listens any more; who does next hears of what comes after.
      if (!timer) return;
      seen = { version, others: others ?? before?.others, revocations: count };
      if (before && isOthers) announce(elsewhere(count !== before.revocations));
    }
    // Not when the answer came: what was committed on its way was not seen.
    if (timer) knownUntil = began;
  };
  const poll = () => {
    asking ??= look()
      // A database that does not answer now is asked again; whoever uses it is told what is wrong by its query.
      .catch(() => {})
      .finally(() => {
        asking = undefined;
      });
  };
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    seen = undefined;
    knownUntil = Number.NEGATIVE_INFINITY;
  };

  return {
    announce,
    knownUntil: () => knownUntil,
    listen: listener => {
      listeners.add(listener);
      if (!timer) {
        timer = setInterval(poll, pollInterval);
        timer.unref();
        poll();
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) stop();
      };
    },
    close: async () => {
      listeners.clear();
      stop();
      await asking;
    },
  };
};

/** What SQLite says of a connection; undefined where it is not known, or the connection is busy for so many milliseconds. */
type Version = number | undefined;

const versionOf = async (db: Kysely<Schema>, most?: number): Promise<Version> => {
  const asked = sql<{ data_version: number }>`pragma data_version`
    .execute(db)
    .then(({ rows }) => rows[0]?.data_version);
  if (most === undefined) return asked;
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), most);
  // Where it comes too late, nobody waits for it, nor for what went wrong.
  asked.catch(() => {});
  return Promise.race([asked, late.promise]).finally(() => clearTimeout(timer));
};
