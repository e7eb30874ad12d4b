import { type Kysely, sql } from 'kysely';
import type { RecoveryTable, Schema } from './schema.ts';
import { activeSuperusers } from './user-filters.ts';
import { fromStored, toStored } from './values.ts';

/** A user whom somebody recovered on this computer. Times are ISO 8601 with microseconds, UTC. */
export type Recovery = {
  id: string;
  userId: string;
  /** What the user was called then. */
  username: string;
  at: string;
  /** Who did it, as the operating system calls them, and on which terminal; null where that is not known. */
  osUser: string | null;
  tty: string | null;
};

/** A code that counts: what the table holds for it, and until when. */
export type OpenCode = { recoveryId: string; stored: string; expiresAt: string };

export const createRecoveryStore = (db: Kysely<Schema>) => ({
  /** Keeps a recovery with its code, and who else is an active superuser with a password then. Those of before that nobody has to know of any more go. */
  insert: async (recovery: Recovery, code: Omit<OpenCode, 'recoveryId'>): Promise<void> => {
    await db
      .deleteFrom('recovery')
      .where('acknowledged_at', 'is not', null)
      .where(of => of.or([of('code', 'is', null), of('expires_at', '<=', toStored(recovery.at))]))
      .execute();
    await db
      .insertInto('recovery')
      .values({
        id: recovery.id,
        user_id: recovery.userId,
        username: recovery.username,
        made_at: toStored(recovery.at),
        os_user: recovery.osUser,
        tty: recovery.tty,
        code: code.stored,
        expires_at: toStored(code.expiresAt),
      })
      .execute();
    await db
      .insertInto('recovery_witness')
      .columns(['recovery_id', 'user_id'])
      .expression(
        activeSuperusers(db, recovery.userId).select(of => [
          sql<string>`${recovery.id}`.as('recovery_id'),
          of.ref('id').as('user_id'),
        ]),
      )
      .execute();
  },

  /** The code that counts for a user now. */
  codeOf: async (userId: string, now: string): Promise<OpenCode | undefined> => {
    const row = await db
      .selectFrom('recovery')
      .select(['id', 'code', 'expires_at'])
      .where('user_id', '=', userId)
      .where('code', 'is not', null)
      .where('expires_at', '>', toStored(now))
      .executeTakeFirst();
    return row?.code
      ? { recoveryId: row.id, stored: row.code, expiresAt: fromStored(row.expires_at) }
      : undefined;
  },

  /** The code of a recovery counts no more. */
  endCode: async (id: string): Promise<void> => {
    await db.updateTable('recovery').set({ code: null }).where('id', '=', id).execute();
  },

  /** Whether anybody is still there who was a superuser beside the recovered one then, and whether that user was. */
  witnesses: async (id: string, userId: string): Promise<{ areThere: boolean; isOne: boolean }> => {
    const rows = await db
      .selectFrom('recovery_witness')
      .select('user_id')
      .where('recovery_id', '=', id)
      .orderBy(sql`user_id = ${userId}`, 'desc')
      .limit(1)
      .execute();
    return { areThere: rows.length > 0, isOne: rows[0]?.user_id === userId };
  },

  /** The codes of a user, or of everybody, count no more. Gives whose counted until now. */
  endCodesOf: async (
    userId: string | undefined,
    now: string,
  ): Promise<{ id: string; username: string }[]> => {
    return db
      .updateTable('recovery')
      .set({ code: null })
      .where('code', 'is not', null)
      .where('expires_at', '>', toStored(now))
      .$if(userId !== undefined, of => of.where('user_id', '=', userId ?? ''))
      .returning(['user_id as id', 'username'])
      .execute();
  },

  /** Those that nobody has acknowledged, the oldest first. */
  unacknowledged: async (): Promise<Recovery[]> => {
    const rows = await db
      .selectFrom('recovery')
      .selectAll()
      .where('acknowledged_at', 'is', null)
      .orderBy('made_at')
      .orderBy('id')
      .execute();
    return rows.map(recoveryOf);
  },

  acknowledge: async (id: string, now: string): Promise<void> => {
    await db
      .updateTable('recovery')
      .set({ acknowledged_at: toStored(now) })
      .where('id', '=', id)
      .execute();
  },
});

const recoveryOf = (row: RecoveryTable): Recovery => ({
  id: row.id,
  userId: row.user_id,
  username: row.username,
  at: fromStored(row.made_at),
  osUser: row.os_user,
  tty: row.tty,
});
