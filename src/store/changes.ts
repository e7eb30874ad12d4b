import { type Kysely, sql } from 'kysely';
import type { Schema } from './schema.ts';

/** How often the database is asked whether another process changed it, in milliseconds. */
const pollInterval = 250;

export type Changes = {
  /** Calls the listener after every change, at once for this process's own. Gives a function that stops it. */
  listen: (listener: () => void) => () => void;
  /** Says that this process has changed something. */
  announce: () => void;
  /** Ends when the last question to the database is answered, so that the watching connection can be closed. */
  close: () => Promise<void>;
};

/**
 * Tells when the database changed. SQLite raises `data_version` on a connection when another connection has
 * committed, whichever process it is in (sqlite.org/pragma.html#pragma_data_version), so the connection that
 * asks must be one that never writes, and always the same one. Nothing is asked while nobody listens.
 */
export const watchChanges = (watcher: Kysely<Schema>): Changes => {
  const listeners = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  let seen: number | undefined;
  let asking: Promise<void> | undefined;

  const announce = () => {
    for (const listener of listeners) listener();
  };
  const ask = async () => {
    try {
      const { rows } = await sql<{ data_version: number }>`pragma data_version`.execute(watcher);
      const version = rows[0]?.data_version;
      if (seen !== undefined && version !== seen) announce();
      seen = version;
    } catch {
      // A database that does not answer now is asked again; whoever uses it is told what is wrong by its query.
    }
  };
  const poll = () => {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
  };
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    seen = undefined;
  };

  return {
    announce,
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
