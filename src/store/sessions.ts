import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import type { Revocations } from './revocations.ts';
import type { Schema, SessionTable } from './schema.ts';
import type { User } from './users.ts';
import { fromStored, toStored } from './values.ts';

/** The way in that a session was begun through. */
export type Door = 'local' | 'http' | 'ssh' | 'browser';

/** A sign-in that has not ended. Times are ISO 8601 with microseconds, UTC. */
export type Session = {
  id: string;
  userId: string;
  door: Door;
  createdAt: string;
  /** Null: it does not end by itself. */
  expiresAt: string | null;
  /** When a password was given to begin it; null for automatic sign-in. */
  passwordAt: string | null;
  /** Whether a sign-in code began it: whoever has that knows no password. */
  byCode: boolean;
  /** The refresh token that counts, and when it was given out; null where the session has none. */
  refresh: { id: string; at: string; usedUp: readonly UsedUp[] } | null;
  /** Where it was begun, or unlocked since, as far as that is known: the client's address, the terminal. */
  address: string | null;
  tty: string | null;
  /** When it was used last, to within some seconds; null where that is not known. */
  seenAt: string | null;
};

/** A refresh token that was exchanged for another, and when; the last one first. */
export type UsedUp = { id: string; at: string };

/**
 * An ended session has no row. Whatever ends all sessions of somebody ends the sign-in code that could begin another, too.
 */
export const createSessionStore = (db: Kysely<Schema>, revocations: Revocations) => ({
  find: async (id: string): Promise<Session | undefined> => {
    const row = await db.selectFrom('session').selectAll().where('id', '=', id).executeTakeFirst();
    return row && sessionOf(row);
  },

  /** The sessions of a user that have not expired, newest first. */
  openOf: async (userId: string, now: string): Promise<Session[]> => {
    const rows = await db
      .selectFrom('session')
      .selectAll()
      .where('user_id', '=', userId)
      .where(stillOpen(now))
      .orderBy('created_at', 'desc')
      .execute();
    return rows.map(sessionOf);
  },

  /** How many sessions of all users have not expired. */
  countOpen: async (now: string): Promise<number> => {
    const { count } = await db
      .selectFrom('session')
      .select(eb => eb.fn.countAll<number>().as('count'))
      .where(stillOpen(now))
      .executeTakeFirstOrThrow();
    return count;
  },

  /** Of those of these sessions that have not expired, what their users are now, by the ids of the sessions. */
  usersOf: async (
    ids: readonly string[],
    now: string,
  ): Promise<Map<string, Pick<User, 'version' | 'isActive'>>> => {
    const rows = await db
      .selectFrom('session')
      .innerJoin('user', 'user.id', 'session.user_id')
      .select(['session.id', 'user.version', 'user.is_active'])
      .where(sql<boolean>`session.id in (select value from json_each(${JSON.stringify(ids)}))`)
      .where(stillOpen(now))
      .execute();
    return new Map(rows.map(({ id, version, is_active }) => [id, { version, isActive: is_active === 1 }]));
  },

  insert: async (session: Session): Promise<void> => {
    await db
      .insertInto('session')
      .values({
        id: session.id,
        user_id: session.userId,
        door: session.door,
        created_at: toStored(session.createdAt),
        expires_at: session.expiresAt && toStored(session.expiresAt),
        password_at: session.passwordAt && toStored(session.passwordAt),
        by_code: Number(session.byCode),
        ...refreshColumns(session.refresh),
        address: session.address,
        tty: session.tty,
        seen_at: session.seenAt && toStored(session.seenAt),
      })
      .execute();
  },

  setRefresh: async (id: string, refresh: Session['refresh']): Promise<void> => {
    await db.updateTable('session').set(refreshColumns(refresh)).where('id', '=', id).execute();
  },

  setAddress: async (id: string, address: string): Promise<void> => {
    await db.updateTable('session').set({ address }).where('id', '=', id).execute();
  },

  end: async (id: string): Promise<void> => {
    const { numDeletedRows } = await db.deleteFrom('session').where('id', '=', id).executeTakeFirst();
    // One that has ended already takes nothing away: signing out twice must not empty what others remember.
    if (numDeletedRows > 0n) await revocations.raise(id);
  },

  /** Ends every session of a user, but for the one to keep. */
  endOf: async (userId: string, keepId = ''): Promise<void> => {
    await db.deleteFrom('session').where('user_id', '=', userId).where('id', '!=', keepId).execute();
    await db.updateTable('recovery').set({ code: null }).where('user_id', '=', userId).execute();
    await revocations.raise(userId);
  },

  /** Ends all of a user's sessions of a door but the newest so many. */
  endOldestOf: async (userId: string, door: Door, keep: number): Promise<void> => {
    const oldest = db
      .selectFrom('session')
      .select('id')
      .where('user_id', '=', userId)
      .where('door', '=', door)
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .limit(-1)
      .offset(keep);
    const { numDeletedRows } = await db.deleteFrom('session').where('id', 'in', oldest).executeTakeFirst();
    if (numDeletedRows > 0n) await revocations.raise(userId);
  },

  endAll: async (): Promise<void> => {
    await db.deleteFrom('session').execute();
    await db.updateTable('recovery').set({ code: null }).execute();
  },

  endExpired: async (now: string): Promise<void> => {
    await db.deleteFrom('session').where('expires_at', '<', toStored(now)).execute();
  },
});

export const stillOpen = (now: string) => (eb: ExpressionBuilder<Schema, 'session'>) =>
  eb.or([eb('expires_at', 'is', null), eb('expires_at', '>=', toStored(now))]);

const refreshColumns = (refresh: Session['refresh']) => ({
  refresh_id: refresh?.id ?? null,
  refresh_previous: refresh?.usedUp.length ? JSON.stringify(refresh.usedUp) : null,
  refreshed_at: refresh ? toStored(refresh.at) : null,
});

export const sessionOf = (row: SessionTable): Session => ({
  id: row.id,
  userId: row.user_id,
  door: row.door as Door,
  createdAt: fromStored(row.created_at),
  expiresAt: row.expires_at && fromStored(row.expires_at),
  passwordAt: row.password_at && fromStored(row.password_at),
  byCode: row.by_code === 1,
  refresh: row.refresh_id && row.refreshed_at ? refreshOf(row, row.refresh_id, row.refreshed_at) : null,
  address: row.address,
  tty: row.tty,
  seenAt: row.seen_at && fromStored(row.seen_at),
});

const refreshOf = ({ refresh_previous: before }: SessionTable, id: string, refreshedAt: string) => {
  const at = fromStored(refreshedAt);
  if (before === null) return { id, at, usedUp: [] };
  // The first version kept the id of the last one alone, which was used up when the present one was given out.
  const usedUp = before.startsWith('[') ? (JSON.parse(before) as UsedUp[]) : [{ id: before, at }];
  return { id, at, usedUp };
};
