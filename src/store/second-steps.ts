import type { Kysely } from 'kysely';
import type { Schema, SecondStepTable } from './schema.ts';
import { fromStored, toStored } from './values.ts';

/** What a user proves a sign-in with beside the password. Times are ISO 8601 with microseconds, UTC. */
export type SecondStep = {
  userId: string;
  /** The secret that the codes are made from, sealed. */
  secret: string;
  confirmedAt: string;
  /** The time step of the code that was used last. */
  lastStep: number;
};

/** A sealed secret, and whose it is. */
export type SealedSecretRow = { id: string; username: string; secret: string };

/** How many are read at a time. */
const batch = 1000;

export const createSecondStepStore = (db: Kysely<Schema>) => ({
  find: async (userId: string): Promise<SecondStep | undefined> => {
    const row = await db
      .selectFrom('second_step')
      .selectAll()
      .where('user_id', '=', userId)
      .executeTakeFirst();
    return row && secondStepOf(row);
  },

  insert: async ({ userId, secret, confirmedAt, lastStep }: SecondStep): Promise<void> => {
    await db
      .insertInto('second_step')
      .values({ user_id: userId, secret, confirmed_at: toStored(confirmedAt), last_step: lastStep })
      .execute();
  },

  /** Remembers which code was used last. */
  setLastStep: async (userId: string, lastStep: number): Promise<void> => {
    await db.updateTable('second_step').set({ last_step: lastStep }).where('user_id', '=', userId).execute();
  },

  /** Takes it away with its recovery codes. */
  remove: async (userId: string): Promise<void> => {
    await db.deleteFrom('second_step').where('user_id', '=', userId).execute();
  },

  /** The hashes of the recovery codes that nobody has used yet. */
  unusedCodes: async (userId: string): Promise<string[]> => {
    const rows = await db
      .selectFrom('recovery_code')
      .select('hash')
      .where('user_id', '=', userId)
      .where('used_at', 'is', null)
      .execute();
    return rows.map(({ hash }) => hash);
  },

  /** Puts new recovery codes in the place of all. */
  replaceCodes: async (userId: string, hashes: readonly string[]): Promise<void> => {
    await db.deleteFrom('recovery_code').where('user_id', '=', userId).execute();
    await db
      .insertInto('recovery_code')
      .values(hashes.map(hash => ({ user_id: userId, hash, used_at: null })))
      .execute();
  },

  spendCode: async (userId: string, hash: string, now: string): Promise<void> => {
    await db
      .updateTable('recovery_code')
      .set({ used_at: toStored(now) })
      .where('user_id', '=', userId)
      .where('hash', '=', hash)
      .execute();
  },

  /** The sealed secrets of all users, in batches, in the order of their ids. */
  secrets: async function* (): AsyncGenerator<SealedSecretRow[]> {
    for (let last = ''; ; ) {
      const rows = await db
        .selectFrom('second_step')
        .innerJoin('user', 'user.id', 'second_step.user_id')
        .select(['user.id', 'user.username', 'second_step.secret'])
        .where('second_step.user_id', '>', last)
        .orderBy('second_step.user_id')
        .limit(batch)
        .execute();
      if (rows.length > 0) yield rows;
      if (rows.length < batch) return;
      last = rows.at(-1)?.id ?? '';
    }
  },

  /** Stores the same secret sealed anew. */
  setSecret: async (userId: string, secret: string): Promise<void> => {
    await db.updateTable('second_step').set({ secret }).where('user_id', '=', userId).execute();
  },
});

const secondStepOf = (row: SecondStepTable): SecondStep => ({
  userId: row.user_id,
  secret: row.secret,
  confirmedAt: fromStored(row.confirmed_at),
  lastStep: row.last_step,
});
