import { type Expression, type Kysely, type SqlBool, sql } from 'kysely';
import type { Schema } from './schema.ts';
import { conditionsOf, type UserMatch } from './user-filters.ts';
import { fromStored, toStored } from './values.ts';

/** Many users at once: some by their ids, all that match but for some, or all that one change has changed. */
export type UserSelection =
  | { ids: readonly string[] }
  | { match: UserMatch; except: readonly string[] }
  /** ISO 8601 with microseconds, UTC. */
  | { changedAt: string };

/** Of the selected users, those of these values, without these ids. */
export type SelectionPart = {
  isActive?: boolean;
  isSuperuser?: boolean;
  isAutomatic?: boolean;
  /** Whether the name is of ASCII only. */
  isAscii?: false;
  /** Whether another user's name looks like this one. */
  looksAlike?: true;
  /** Whether they have what only the Python Langinfra deletes. */
  hasData?: boolean;
  /** The one of that id. */
  id?: string;
  without?: readonly string[];
};

/** A user of a selection: enough to say who it is. */
export type SelectedUser = { id: string; username: string };
/** The same with what it is, before it is changed. */
export type ChangingUser = SelectedUser & { isActive: boolean; isSuperuser: boolean };

type BatchRow = SelectedUser & { key: string | number; is_active: number; is_superuser: number };

/** How many users are read and changed at a time. */
const batch = 1000;

/** Reading many users at once, whether ten or a million. */
export const createUserSelections = (db: Kysely<Schema>) => {
  /**
   * A row of the Python Langinfra refers to the user, or to a folder of it, and does not go with it; or the folder of
   * another user is in one of its folders. API keys go with their user.
   */
  const hasData = async (): Promise<Expression<SqlBool>> => {
    const { rows } = await sql<{ name: string; column: string; parent: string }>`
      select m.name, f."from" as "column", f."table" as parent
      from sqlite_master as m, pragma_foreign_key_list(m.name) as f
      where m.type = 'table' and f."table" in ('user', 'folder') and f.on_delete in ('NO ACTION', 'RESTRICT')
        and m.name not in ('folder', 'apikey')`.execute(db);
    // As sets: the tables of others need not have an index on what refers to us.
    const referring = rows.map(({ name, column, parent }) => {
      const all = sql`(select ${sql.ref(column)} from ${sql.table(name)})`;
      return parent === 'user'
        ? sql`coalesce(user.id in ${all}, 0)`
        : sql`exists (select 1 from folder where folder.user_id = user.id and folder.id in ${all})`;
    });
    return sql`(${sql.join([holdsFoldersOfOthers, ...referring], sql` or `)})`;
  };

  const conditionOf = async (selection: UserSelection, part: SelectionPart): Promise<Expression<SqlBool>> => {
    const all = [...selected(selection), ...within(part)];
    if (part.looksAlike) all.push('match' in selection ? isOneOfAlike : hasAnotherAlike);
    if (part.hasData !== undefined) all.push(part.hasData ? await hasData() : sql`not ${await hasData()}`);
    return all.length === 0 ? sql`1` : sql`${sql.join(all, sql` and `)}`;
  };

  return {
    /** How many users of the selection there are. */
    count: async (selection: UserSelection, part: SelectionPart = {}): Promise<number> => {
      const { rows } = await sql<{ count: number }>`select count(*) as count from user
        where ${await conditionOf(selection, part)}`.execute(db);
      return rows[0]?.count ?? 0;
    },

    /** The first few users of the selection, by name. */
    first: async (selection: UserSelection, part: SelectionPart, limit: number): Promise<SelectedUser[]> => {
      const { rows } = await sql<SelectedUser>`select id, username from user
        where ${await conditionOf(selection, part)} order by username_fold, id limit ${limit}`.execute(db);
      return rows;
    },

    /** When one of them was changed last, ISO 8601 with microseconds, UTC; null where there is nobody. */
    latestChange: async (selection: UserSelection, part: SelectionPart): Promise<string | null> => {
      const { rows } = await sql<{ latest: string | null }>`select max(updated_at) as latest
        from ${tableFor(selection)} where ${await conditionOf(selection, part)}`.execute(db);
      const latest = rows[0]?.latest ?? null;
      return latest && fromStored(latest);
    },

    /**
     * The names of the selection, a thousand at a time, as JSON from SQLite: the driver takes several times as long to
     * make a million rows of them.
     */
    names: async function* (selection: UserSelection, part: SelectionPart): AsyncGenerator<string[]> {
      const condition = await conditionOf(selection, part);
      let last: number | null = -1;
      for (;;) {
        const { rows }: { rows: { last: number | null; names: string }[] } = await sql<{
          last: number | null;
          names: string;
        }>`select max(number) as last, json_group_array(username) as names
          from (select rowid as number, username from ${tableFor(selection)}
            where ${condition} and rowid > ${last} order by rowid limit ${batch})`.execute(db);
        last = rows[0]?.last ?? null;
        if (last === null) return;
        yield JSON.parse(rows[0]?.names ?? '[]');
      }
    },

    /**
     * The users of the selection, a thousand at a time, each of them once, while they are being changed. All that match
     * are read as the table holds them: by an index that the change rewrites, some would come again.
     */
    batches: async function* (selection: UserSelection, part: SelectionPart): AsyncGenerator<ChangingUser[]> {
      const parts = 'ids' in selection ? slices(selection.ids).map(ids => ({ ids })) : [selection];
      for (const one of parts) {
        const condition = await conditionOf(one, part);
        const [key, none] = 'match' in one ? [sql`rowid`, -1] : [sql`id`, ''];
        let last: string | number = none;
        for (;;) {
          const { rows }: { rows: BatchRow[] } = await sql<BatchRow>`select ${key} as key, id, username,
            is_active, is_superuser from ${tableFor(one)} where ${condition} and ${key} > ${last}
            order by ${key} limit ${batch}`.execute(db);
          const end = rows.at(-1);
          if (!end) break;
          last = end.key;
          yield rows.map(({ id, username, is_active, is_superuser }) => ({
            id,
            username,
            isActive: is_active !== 0,
            isSuperuser: is_superuser !== 0,
          }));
        }
      }
    },
  };
};

/** The few folders that are in another one have an index of their own (migration 002). */
const holdsFoldersOfOthers = sql<SqlBool>`coalesce(user.id in (select parent.user_id
  from folder as child join folder as parent on parent.id = child.parent_id
  where child.parent_id is not null and child.user_id is not parent.user_id), 0)`;

const idsIn = (ids: readonly string[]): Expression<SqlBool> =>
  sql<SqlBool>`id in (select value from json_each(${JSON.stringify(ids)}))`;
const idsNotIn = (ids: readonly string[]): Expression<SqlBool>[] =>
  ids.length === 0 ? [] : [sql<SqlBool>`not ${idsIn(ids)}`];

const selected = (selection: UserSelection): Expression<SqlBool>[] => {
  if ('ids' in selection) return [idsIn(selection.ids)];
  if ('changedAt' in selection) return [sql<SqlBool>`updated_at = ${toStored(selection.changedAt)}`];
  return [...conditionsOf(selection.match), ...idsNotIn(selection.except)];
};

const within = ({
  isActive,
  isSuperuser,
  isAutomatic,
  isAscii,
  id,
  without = [],
}: SelectionPart): Expression<SqlBool>[] => {
  // The automatic account has an index of its own. A column with a plus is looked up in none.
  const plus = sql.raw(isAutomatic === true ? '+' : '');
  return [
    ...(isActive === undefined ? [] : [sql<SqlBool>`${plus}is_active = ${sql.lit(Number(isActive))}`]),
    ...(isSuperuser === undefined
      ? []
      : [sql<SqlBool>`${plus}is_superuser = ${sql.lit(Number(isSuperuser))}`]),
    ...(isAutomatic === undefined ? [] : [sql<SqlBool>`is_automatic = ${sql.lit(Number(isAutomatic))}`]),
    ...(isAscii === undefined ? [] : [sql<SqlBool>`username glob '*[^ -~]*'`]),
    ...(id === undefined ? [] : [sql<SqlBool>`id = ${id}`]),
    ...idsNotIn(without),
  ];
};

const hasAnotherAlike = sql<SqlBool>`exists (select 1 from user as other
  where other.username_skeleton = user.username_skeleton and other.id <> user.id)`;
/** The same; for a million, all that look alike are found once. */
const isOneOfAlike = sql<SqlBool>`username_skeleton in (
  select username_skeleton from user group by username_skeleton having count(*) > 1)`;

/** For all that match, many or few, a walk through the table is never slow; row by row along an index it may be. */
const tableFor = (selection: UserSelection) => ('match' in selection ? sql`user not indexed` : sql`user`);

const slices = (ids: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(ids.length / batch) }, (_, at) => ids.slice(at * batch, (at + 1) * batch));
