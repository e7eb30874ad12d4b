import { type Kysely, sql } from 'kysely';
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

/** So many rows, the newest first; or those after a number, the oldest first. */
export type AuditPlace = { before?: number; after?: number; limit: number };

/** So many rows are looked at for one that says the same. */
const lookedBack = 500;
/** How many rows are written or read at a time. */
const batch = 1000;

export const createAuditStore = (db: Kysely<Schema>) => ({
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
    return found && fromStored(found.at);
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

  /** All rows, oldest first, in batches. */
  all: async function* (): AsyncGenerator<AuditRow[]> {
    for (let last = 0; ; ) {
      const rows = await db
        .selectFrom('audit')
        .selectAll()
        .where('id', '>', last)
        .orderBy('id')
        .limit(batch)
        .execute();
      if (rows.length === 0) return;
      last = rows.at(-1)?.id ?? 0;
      yield rows.map(rowOf);
    }
  },
});

const orderOf = ({ after }: AuditPlace) => (after === undefined ? 'desc' : 'asc');

/** In the words of the indexes of migration 006, which SQLite compares. */
const isSignIn = sql`event in ('signed_in', 'sign_in_failed', 'signed_out', 'session_ended')`;
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
  if (before !== undefined) query = query.where('id', '<', before);
  if (after !== undefined) query = query.where('id', '>', after);
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
  at: fromStored(row.at),
  event: row.event,
  outcome: row.outcome,
  actorId: row.actor_id,
  actorName: row.actor_name,
  door: row.door,
  origin: row.origin,
  targetId: row.target_id,
  targetName: row.target_name,
  detail: row.detail,
  keyId: row.key_id,
  mac: row.mac,
});
