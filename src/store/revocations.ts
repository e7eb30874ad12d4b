import { type Kysely, sql } from 'kysely';
import type { Schema } from './schema.ts';

/** What a change means for whoever remembers what somebody may do (accounts/token-cache.ts), or shows what is stored. */
export type Change = {
  /** Something was taken away from somebody, or their row looks different now. */
  readonly revoked: boolean;
  /** From whom, by the ids of users and of sessions; undefined where it may be anybody. */
  readonly revokedOf: ReadonlySet<string> | undefined;
  /** Who signed in by it, by their ids, and when, where this process did it: all that changed of them is that time. */
  readonly signedIn: ReadonlyMap<string, string>;
  /** The tables whose rows may look different now; undefined where it may be any: another process did it. */
  readonly tables: ReadonlySet<string> | undefined;
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
  let isAnybodys = false;
  const revokedOf = new Set<string>();
  const signedIn = new Map<string, string>();

  return {
    count: async (): Promise<number> => {
      const row = await db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst();
      return Number(row?.value ?? 0);
    },

    /** Raises the counter, once in a transaction; for a user or a session by the id, or for any of them. */
    raise: async (id?: string): Promise<void> => {
      if (id === undefined) isAnybodys = true;
      else revokedOf.add(id);
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
      isAnybodys = true;
    },

    /** Notes that a user signed in, and when, as ISO 8601. */
    noteSignIn: (userId: string, at: string): void => void signedIn.set(userId, at),

    /** What the transaction means, once it is kept. */
    change: (): Omit<Change, 'tables'> => ({
      revoked,
      revokedOf: isAnybodys ? undefined : revokedOf,
      signedIn,
    }),
  };
};
