import { type Kysely, sql } from 'kysely';
import type { Schema } from './schema.ts';
import { type Session, sessionOf, stillOpen } from './sessions.ts';
import { toStored } from './values.ts';

/** A session that has not expired, and whose it is. */
export type OpenSession = Session & { username: string };

/** Where a session stands in the list. */
export type SessionPlace = Pick<Session, 'createdAt' | 'id'>;

export type SessionFilter = {
  userId?: string | undefined;
  id?: string | undefined;
};

export const createSessionLists = (db: Kysely<Schema>) => ({
  /** Those open at that time: the newest first, from a place on downwards; or the oldest first, from a place upwards. */
  page: async (
    { userId, id }: SessionFilter,
    now: string,
    { before, after, limit }: { before?: SessionPlace; after?: SessionPlace; limit?: number } = {},
  ): Promise<OpenSession[]> => {
    const order = after ? 'asc' : 'desc';
    let query = db
      .selectFrom('session')
      .innerJoin('user', 'user.id', 'session.user_id')
      .selectAll('session')
      .select('user.username')
      .where(stillOpen(now))
      .orderBy('session.created_at', order)
      .orderBy('session.id', order);
    if (limit !== undefined) query = query.limit(limit);
    if (userId !== undefined) query = query.where('session.user_id', '=', userId);
    if (id !== undefined) query = query.where('session.id', '=', id);
    if (before) query = query.where(isBeyond(before, '<'));
    if (after) query = query.where(isBeyond(after, '>'));
    return (await query.execute()).map(row => ({ ...sessionOf(row), username: row.username }));
  },

  /** Writes down when sessions were used last; what another process has written of a later moment stays. */
  setSeen: async (seen: ReadonlyMap<string, string>): Promise<void> => {
    const values = JSON.stringify([...seen].map(([id, at]) => [id, toStored(at)]));
    await sql`update session set seen_at = seen.value ->> 1 from json_each(${values}) as seen
      where session.id = seen.value ->> 0 and coalesce(seen_at, '') < seen.value ->> 1`.execute(db);
  },
});

const isBeyond = ({ createdAt, id }: SessionPlace, sign: '<' | '>') =>
  sql<boolean>`(session.created_at, session.id) ${sql.raw(sign)} (${toStored(createdAt)}, ${id})`;
