import type { Kysely } from 'kysely';
import type { FirstStepTable, Schema } from './schema.ts';
import { fromStored, newId, toStored } from './values.ts';

/** A sign-in whose password or key was right, and whose one-time code is still to come. Times are ISO 8601, UTC. */
export type FirstStep = {
  userId: string;
  /** What the user was called then. */
  username: string;
  /** Where the code has to come from. */
  place: string;
  /** Where it came from, as JSON. */
  origin: string;
  at: string;
};

export const createFirstStepStore = (db: Kysely<Schema>) => ({
  insert: async ({ userId, username, place, origin, at }: FirstStep): Promise<void> => {
    await db
      .insertInto('first_step')
      .values({ id: newId(), user_id: userId, username, place, origin, at: toStored(at) })
      .execute();
  },

  /** When the oldest was begun; undefined where there is none. */
  oldest: async (): Promise<string | undefined> => {
    const row = await db.selectFrom('first_step').select('at').orderBy('at').limit(1).executeTakeFirst();
    return row && fromStored(row.at);
  },

  /** Takes the newest of a user at a place away. Gives when it was begun; undefined where there is none. */
  takeNewest: async (userId: string, place: string): Promise<string | undefined> => {
    const row = await db
      .deleteFrom('first_step')
      .where('id', 'in', of =>
        of
          .selectFrom('first_step')
          .select('id')
          .where('user_id', '=', userId)
          .where('place', '=', place)
          .orderBy('at', 'desc')
          .limit(1),
      )
      .returning('at')
      .executeTakeFirst();
    return row && fromStored(row.at);
  },

  /** Takes those away that were not begun between two moments. Gives them, the oldest first. */
  takeOutside: async (from: string, to: string): Promise<FirstStep[]> => {
    const rows = await db
      .deleteFrom('first_step')
      .where(of => of.or([of('at', '<=', toStored(from)), of('at', '>', toStored(to))]))
      .returningAll()
      .execute();
    return rows.map(firstStepOf).sort((one, other) => (one.at < other.at ? -1 : 1));
  },
});

const firstStepOf = (row: FirstStepTable): FirstStep => ({
  userId: row.user_id,
  username: row.username,
  place: row.place,
  origin: row.origin,
  at: fromStored(row.at),
});
