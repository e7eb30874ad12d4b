import { type Expression, type Kysely, type SqlBool, sql } from 'kysely';
import type { Schema } from './schema.ts';
import { conditionsOf, type UserMatch } from './user-filters.ts';
import { toStored } from './values.ts';

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
  /** Whether another user's name looks like this one. */
  looksAlike?: true;
  /** Whether they have what only the Python Langinfra deletes. */
  hasData?: boolean;
  without?: readonly string[];
};

/** A user of a selection: enough to say who it is. */
export type SelectedUser = { id: string; username: string };

/** How many users are read and changed at a time. */
const batch = 1000;

/** Reading many users at once, whether ten or a million. */
export const createUserSelections = (db: Kysely<Schema>) => {
  /** The tables of others that hold rows of users, or of their folders. Few databases have any. */
  const hasData = async (): Promise<Expression<SqlBool>> => {
    const { rows } = await sql<{ name: string; column: string; parent: string }>`
      select m.name, f."from" as "column", f."table" as parent
      from sqlite_master as m, pragma_foreign_key_list(m.name) as f
      where m.type = 'table' and f."table" in ('user', 'folder')
        and m.name not in ('folder', 'session', 'apikey')`.execute(db);
    const referred = rows.map(({ name, column, parent }) =>
      parent === 'user'
        ? sql`exists (select 1 from ${sql.id(name)} as t where t.${sql.id(column)} = user.id)`
        : sql`exists (select 1 from ${sql.id(name)} as t, folder
            where folder.user_id = user.id and t.${sql.id(column)} = folder.id)`,
    );
    return referred.length === 0 ? sql`0` : sql`(${sql.join(referred, sql` or `)})`;
  };

  const conditionOf = async (selection: UserSelection, part: SelectionPart): Promise<Expression<SqlBool>> => {
    const all = [...selected(selection), ...within(part)];
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

    /**
     * The users of the selection, a thousand at a time, each of them once, while they are being changed. All that match
     * are read as the table holds them: by an index that the change rewrites, some would come again.
     */
    batches: async function* (selection: UserSelection, part: SelectionPart): AsyncGenerator<SelectedUser[]> {
      const parts = 'ids' in selection ? slices(selection.ids).map(ids => ({ ids })) : [selection];
      for (const one of parts) {
        const condition = await conditionOf(one, part);
        const from = 'match' in one ? sql`user not indexed` : sql`user`;
        const [key, none] = 'match' in one ? [sql`rowid`, -1] : [sql`id`, ''];
        let last: string | number = none;
        for (;;) {
          const { rows }: { rows: (SelectedUser & { key: string | number })[] } = await sql<
            SelectedUser & { key: string | number }
          >`select ${key} as key, id, username from ${from} where ${condition} and ${key} > ${last}
            order by ${key} limit ${batch}`.execute(db);
          const end = rows.at(-1);
          if (!end) break;
          last = end.key;
          yield rows.map(({ id, username }) => ({ id, username }));
        }
      }
    },
  };
};

const idsIn = (ids: readonly string[]): Expression<SqlBool> =>
  sql<SqlBool>`id in (select value from json_each(${JSON.stringify(ids)}))`;
const idsNotIn = (ids: readonly string[]): Expression<SqlBool>[] =>
  ids.length === 0 ? [] : [sql<SqlBool>`not ${idsIn(ids)}`];

const selected = (selection: UserSelection): Expression<SqlBool>[] => {
  if ('ids' in selection) return [idsIn(selection.ids)];
  if ('changedAt' in selection) return [sql<SqlBool>`updated_at = ${toStored(selection.changedAt)}`];
  return [...conditionsOf(selection.match), ...idsNotIn(selection.except)];
};

const within = ({ isActive, isSuperuser, isAutomatic, looksAlike, without = [] }: SelectionPart) => [
  ...(isActive === undefined ? [] : [sql<SqlBool>`is_active = ${sql.lit(Number(isActive))}`]),
  ...(isSuperuser === undefined ? [] : [sql<SqlBool>`is_superuser = ${sql.lit(Number(isSuperuser))}`]),
  ...(isAutomatic === undefined ? [] : [sql<SqlBool>`is_automatic = ${sql.lit(Number(isAutomatic))}`]),
  ...(looksAlike
    ? [
        sql<SqlBool>`exists (select 1 from user as other
          where other.username_skeleton = user.username_skeleton and other.id <> user.id)`,
      ]
    : []),
  ...idsNotIn(without),
];

const slices = (ids: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(ids.length / batch) }, (_, at) => ids.slice(at * batch, (at + 1) * batch));
