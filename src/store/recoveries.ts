import type { Kysely } from 'kysely';
import type { RecoveryTable, Schema } from './schema.ts';
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
  /** Keeps a recovery with its code. Those of before that nobody has to know of any more go. */
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
