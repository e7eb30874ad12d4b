import type { KeyUses } from '../store/api-keys.ts';
import type { Store } from '../store/open.ts';

/** Uses are written at most so often, in milliseconds: a transaction for each request would hold up what matters. */
const usually = 5000;

export type ApiKeyUses = ReturnType<typeof createApiKeyUses>;

/** Counts how often API keys are used, in memory, and writes it down in batches. What was counted is never in the way. */
export const createApiKeyUses = (store: Pick<Store, 'write'>, every = usually) => {
  const collected = new Map<string, KeyUses>();
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  const collect = ({ id, count, lastUsedAt }: KeyUses): void => {
    const before = collected.get(id);
    if (!before) return void collected.set(id, { id, count, lastUsedAt });
    before.count += count;
    if (lastUsedAt > before.lastUsedAt) before.lastUsedAt = lastUsedAt;
  };

  const write = async (): Promise<void> => {
    const uses = [...collected.values()];
    if (uses.length === 0) return;
    collected.clear();
    try {
      await store.write(tx => tx.apiKeys.addUses(uses));
    } catch {
      // The database was busy, say. They go with the next ones.
      for (const each of uses) collect(each);
    }
  };

  /** After the one before, so that no two wait for the database. */
  const writeNext = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(write);
    return writing;
  };

  return {
    /** Counts one use, at that time (ISO 8601 with microseconds, UTC). */
    count: (id: string, at: string): void => {
      collect({ id, count: 1, lastUsedAt: at });
      timer ??= setTimeout(writeNext, every).unref();
    },

    /** Writes what is collected. */
    close: writeNext,
  };
};
