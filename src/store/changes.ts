import { type Kysely, sql } from 'kysely';
import { type Change, createRevocations } from './revocations.ts';
import type { Schema } from './schema.ts';

/** How often the database is asked whether another process changed it, in milliseconds. */
const pollInterval = 250;

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
 * asks must be one that never writes, and always the same one. Nothing is asked while nobody listens.
 */
export const watchChanges = (watcher: Kysely<Schema>): Changes => {
  const listeners = new Set<(change: Change) => void>();
  const revocations = createRevocations(watcher);
  let timer: NodeJS.Timeout | undefined;
  let seen: { version: number | undefined; revocations: number } | undefined;
  let knownUntil = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  const announce = (change: Change) => {
    for (const listener of listeners) listener(change);
  };
  const look = async () => {
    const began = performance.now();
    const { rows } = await sql<{ data_version: number }>`pragma data_version`.execute(watcher);
    const version = rows[0]?.data_version;
    const before = seen;
    if (!before || version !== before.version) {
      const now = { version, revocations: await revocations.count() };
      // Nobody listens any more; who does next hears of what comes after.
      if (!timer) return;
      seen = now;
      if (before) announce({ revoked: now.revocations !== before.revocations, signedIn: new Set() });
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
