import { type Kysely, sql } from 'kysely';
import { createAuditOfNames } from './audit-of-names.ts';
import type { AuditTable, Schema } from './schema.ts';
import { fromStored, toStored } from './values.ts';

/** One thing that happened. Times are ISO 8601 with microseconds, UTC. */
export type AuditRow = {
  /** Counts from 1, without gaps. */
  id: number;
  at: string;
  event: string;
  /** `done`, or the code of the refusal. */
  outcome: string;
  /** Who did it, and what they were called then; null where nobody was signed in. */
  actorId: string | null;
  actorName: string | null;
  door: string;
  /** Where they came from, as JSON. */
  origin: string;
  /** Whom it was done to, and what they were called then. */
  targetId: string | null;
  targetName: string | null;
  /** What was before and is after, as JSON. No secrets. */
  detail: string;
  /** Which audit key the mac was made with. */
  keyId: string;
  /** The seal of this row and of all before it: 64 hex characters. */
  mac: string;
};

/** The last row, which stands for all before it. */
export type AuditHead = Pick<AuditRow, 'id' | 'mac'>;

export type AuditKind = 'sign_ins' | 'changes';

export type AuditFilter = {
  /** By whom or to whom. */
  userId?: string | undefined;
  /** To whom. */
  targetId?: string | undefined;
  event?: string | undefined;
  /** Only signing in and out, or only what was changed. */
  kind?: AuditKind | undefined;
  /** Only what was refused. */
  refused?: boolean | undefined;
  /** From that time on, ISO 8601. */
  since?: string | undefined;
};

/** A place before every row, also before those that somebody gave a number of no row; and one after them. */
export const beforeFirst = Number.MIN_SAFE_INTEGER;
const pastLast = Number.MAX_SAFE_INTEGER;

/** So many rows, the newest first; or those after a number, the oldest first. */
export type AuditPlace = { before?: number; after?: number; limit: number };

/** So many rows are looked at for one that says the same. */
const lookedBack = 500;
/** How many rows are written or read at a time. */
const batch = 1000;

export const createAuditStore = (db: Kysely<Schema>) => ({
  ...createAuditOfNames(db),

  /** Undefined where nothing has happened yet. */
  head: async (): Promise<AuditHead | undefined> =>
    db.selectFrom('audit').select(['id', 'mac']).orderBy('id', 'desc').limit(1).executeTakeFirst(),

  /** When the same was written last, among the newest few hundred rows; undefined where it was not. */
  lastLike: async (
    row: Pick<AuditRow, 'actorId' | 'event' | 'outcome' | 'targetId'>,
  ): Promise<string | undefined> => {
    const newest = db.selectFrom('audit').select('id').orderBy('id', 'desc').limit(1).offset(lookedBack);
    const found = await db
      .selectFrom('audit')
      .select('at')
      .where('actor_id', 'is', row.actorId)
      .where('event', '=', row.event)
      .where('outcome', '=', row.outcome)
      .where('target_id', 'is', row.targetId)
      .where('id', '>', sql<number>`coalesce(${newest}, 0)`)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    return found && fromStored(text(found.at));
  },

  append: async (rows: readonly AuditRow[]): Promise<void> => {
    for (let at = 0; at < rows.length; at += batch) {
      const values = JSON.stringify(rows.slice(at, at + batch).map(columnsOf));
      await sql`insert into audit (${sql.join(columns.map(name => sql.ref(name)))})
        select ${sql.join(columns.map((_, index) => sql`value ->> ${sql.lit(index)}`))}
        from json_each(${values})`.execute(db);
    }
  },

  /** The newest first, or the oldest; before or after a number. */
  page: async (filter: AuditFilter, place: AuditPlace): Promise<AuditRow[]> => {
    const { userId } = filter;
    const numbers = (column?: 'target_id' | 'actor_id') => numbersOf(db, filter, place, column);
    const wanted =
      userId === undefined
        ? numbers()
        : // Each half stops at the limit by an index of its own; SQLite would sort all that either of two finds.
          db
            .selectFrom(numbers('target_id').as('by_target'))
            .select('id')
            .union(db.selectFrom(numbers('actor_id').as('by_actor')).select('id'));
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .where('id', 'in', wanted)
      .orderBy('id', orderOf(place))
      .limit(place.limit)
      .execute();
    return rows.map(rowOf);
  },

  /** All rows, oldest first, in batches: also those whose number is none that a row is given. */
  all: async function* (): AsyncGenerator<AuditRow[]> {
    // As text: not every number that SQLite has room for is one of JavaScript, and one that is rounded is read forever.
    for (let last: string | undefined; ; ) {
      let query = db
        .selectFrom('audit')
        .selectAll()
        .select(sql<string>`cast(id as text)`.as('place'))
        .orderBy('id')
        .limit(batch);
      if (last !== undefined) query = query.where('id', '>', sql<number>`cast(${last} as integer)`);
      const rows = await query.execute();
      if (rows.length === 0) return;
      last = rows.at(-1)?.place;
      yield rows.map(rowOf);
    }
  },

  /** The highest number that SQLite ever gave a row, whether it is still there or not; 0 where it gave none. */
  lastNumber: async (): Promise<number> => {
    const { rows } = await sql<{ seq: number | null }>`
      select max(cast(seq as integer)) as seq from sqlite_sequence where name = 'audit'`.execute(db);
    return rows[0]?.seq ?? 0;
  },
});

const orderOf = ({ after }: AuditPlace) => (after === undefined ? 'desc' : 'asc');

/** In the words of the indexes of migration 008, which SQLite compares. */
const isSignIn = sql`event in ('signed_in', 'sign_in_failed', 'signed_out', 'session_ended', 'session_locked',
  'session_unlocked', 'unlock_failed')`;
const kinds = {
  sign_ins: sql<boolean>`(${isSignIn}) = 1`,
  changes: sql<boolean>`outcome = 'done' and (${isSignIn}) = 0`,
} as const satisfies Record<AuditKind, unknown>;

/** The numbers of the rows that match, by whom or to whom they were where a column says so. */
export const numbersOf = (
  db: Kysely<Schema>,
  { userId, targetId, event, kind, refused, since }: AuditFilter,
  place: AuditPlace,
  column?: 'target_id' | 'actor_id',
) => {
  const { before, after, limit } = place;
  let query = db.selectFrom('audit').select('id').orderBy('id', orderOf(place)).limit(limit);
  if (column !== undefined && userId !== undefined) query = query.where(column, '=', userId);
  if (targetId !== undefined) query = query.where('target_id', '=', targetId);
  query = query.where('id', '<', before ?? pastLast).where('id', '>', after ?? beforeFirst);
  if (event !== undefined) query = query.where('event', '=', event);
  if (kind !== undefined) query = query.where(kinds[kind]);
  if (refused) query = query.where(sql<boolean>`outcome != 'done'`);
  if (since !== undefined) query = query.where('at', '>=', toStored(since));
  return query;
};

const columns = [
  'id',
  'at',
  'event',
  'outcome',
  'actor_id',
  'actor_name',
  'door',
  'origin',
  'target_id',
  'target_name',
  'detail',
  'key_id',
  'mac',
] as const satisfies (keyof AuditTable)[];

const columnsOf = (row: AuditRow): (string | number | null)[] => [
  row.id,
  toStored(row.at),
  row.event,
  row.outcome,
  row.actorId,
  row.actorName,
  row.door,
  row.origin,
  row.targetId,
  row.targetName,
  row.detail,
  row.keyId,
  row.mac,
];

const rowOf = (row: AuditTable): AuditRow => ({
  id: row.id,
  at: fromStored(text(row.at)),
  event: text(row.event),
  outcome: text(row.outcome),
  actorId: row.actor_id === null ? null : text(row.actor_id),
  actorName: row.actor_name === null ? null : text(row.actor_name),
  door: text(row.door),
  origin: text(row.origin),
  targetId: row.target_id === null ? null : text(row.target_id),
  targetName: row.target_name === null ? null : text(row.target_name),
  detail: text(row.detail),
  keyId: text(row.key_id),
  mac: text(row.mac),
});

/** SQLite keeps in a column what it is given: whoever writes it by hand may put bytes or a number where text was. */
const text = (value: unknown): string =>
  value instanceof Uint8Array ? `x'${Buffer.from(value).toString('hex')}'` : String(value);
