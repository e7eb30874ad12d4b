import { type Kysely, sql } from 'kysely';
import type { Schema } from './schema.ts';

/** What a change means for whoever remembers what somebody may do (accounts/token-cache.ts). */
export type Change = {
  /** Something was taken away from somebody, or their row looks different now. */
  readonly revoked: boolean;
  /** The ids of those who signed in by it, where this process did it: all that changed of them is when they were here last. */
  readonly signedIn: ReadonlySet<string>;
};

const key = 'revocations';

export type Revocations = ReturnType<typeof createRevocations>;

/**
 * The counter in `meta` that is raised by what revokes, and by nothing else: whatever was allowed while it stands still
 * is allowed now. The verbs of the store raise it by themselves, inside the transaction, so that no rule can forget to.
 * A sign-in, a refresh or a new user does not raise it, or it would never stand still; nor does an expired session that is
 * cleared away, for whoever remembers a session knows when it ends.
 */
export const createRevocations = (db: Kysely<Schema>) => {
  let revoked = false;
  const signedIn = new Set<string>();

  return {
    count: async (): Promise<number> => {
      const row = await db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst();
      return Number(row?.value ?? 0);
    },

    /** Raises the counter, once in a transaction. */
    raise: async (): Promise<void> => {
      if (revoked) return;
      await sql`insert into meta (key, value) values (${key}, '1')
        on conflict (key) do update set value = value + 1`.execute(db);
      revoked = true;
    },

    /** Raises it to a number, where that is higher. */
    raiseTo: async (count: number): Promise<void> => {
      await sql`insert into meta (key, value) values (${key}, ${String(count)})
        on conflict (key) do update set value = max(value + 1, excluded.value + 0)`.execute(db);
      revoked = true;
    },

    noteSignIn: (userId: string): void => void signedIn.add(userId),

    /** What the transaction means, once it is kept. */
    change: (): Change => ({ revoked, signedIn }),
  };
};
