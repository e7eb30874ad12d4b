import { type Kysely, sql } from 'kysely';
import type { Schema, ThrottleTable } from './schema.ts';
import { fromStored, toStored } from './values.ts';

/** What was tried about one thing from one source. Times are ISO 8601 with microseconds, UTC. */
export type Tries = {
  about: string;
  source: string;
  /** How often, all in all. */
  count: number;
  /** When, the last one first; as many of them as matter. */
  times: readonly string[];
  /** When it is forgotten. */
  expiresAt: string;
};

/** So many forgotten rows at most are taken away at a time, more than are added meanwhile. */
const batch = 100;

export const createThrottleStore = (db: Kysely<Schema>) => ({
  /** What is remembered about each of these things from one source. */
  find: async (about: readonly string[], source: string, now: string): Promise<Tries[]> => {
    const rows = await db
      .selectFrom('throttle')
      .selectAll()
      .where('about', 'in', about)
      .where('source', '=', source)
      .where('expires_at', '>', toStored(now))
      .execute();
    return rows.map(triesOf);
  },

  /** What is remembered about one thing from every source. */
  findAll: async (about: string, now: string): Promise<Tries[]> => {
    const rows = await db
      .selectFrom('throttle')
      .selectAll()
      .where('about', '=', about)
      .where('expires_at', '>', toStored(now))
      .orderBy('source')
      .execute();
    return rows.map(triesOf);
  },

  /** Remembers it, in the place of what was remembered. */
  put: async ({ about, source, count, times, expiresAt }: Tries): Promise<void> => {
    const row = { tries: count, times: JSON.stringify(times), expires_at: toStored(expiresAt) };
    await db
      .insertInto('throttle')
      .values({ about, source, ...row })
      .onConflict(conflict => conflict.columns(['about', 'source']).doUpdateSet(row))
      .execute();
  },

  remove: async (about: string, source: string): Promise<void> => {
    await db.deleteFrom('throttle').where('about', '=', about).where('source', '=', source).execute();
  },

  /** The same from every source. */
  removeAll: async (about: string): Promise<void> => {
    await db.deleteFrom('throttle').where('about', '=', about).execute();
  },

  /** The same of all things that begin so. */
  removeBeginning: async (beginning: string): Promise<void> => {
    await sql`delete from throttle where substr(about, 1, length(${beginning})) = ${beginning}`.execute(db);
  },

  removeExpired: async (now: string): Promise<void> => {
    await sql`delete from throttle where rowid in
      (select rowid from throttle where expires_at <= ${toStored(now)} limit ${sql.lit(batch)})`.execute(db);
  },
});

const triesOf = (row: ThrottleTable): Tries => ({
  about: row.about,
  source: row.source,
  count: row.tries,
  times: JSON.parse(row.times) as string[],
  expiresAt: fromStored(row.expires_at),
});
