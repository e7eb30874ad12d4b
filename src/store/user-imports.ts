import { type Kysely, sql } from 'kysely';
import { caseFold } from '../text.ts';
import { unlessTaken } from './engines/sqlite-errors.ts';
import { defaultFolder } from './folders.ts';
import type { Schema } from './schema.ts';
import { skeletonOf } from './skeleton.ts';
import { type Credentials, type NewUser, userOf } from './users.ts';
import { toStored } from './values.ts';

/** A user as an import adds it. */
export type ImportedUser = Omit<NewUser, 'isAutomatic' | 'now'> & {
  profileImage: string | null;
  createdAt: string;
  lastLoginAt: string | null;
};

/** Fewer are inserted into the indexes as they are, before the others could be built. */
const many = 5_000;
/** As long as there are not more than so many times as many already, building all indexes anew takes less. */
const mostTimes = 4;
/** What building indexes may use, in KiB. */
const buildingCache = 131_072;
const usualCache = 2_000;

/** Putting very many users in, and taking all of them out. */
export const createUserImports = (db: Kysely<Schema>) => ({
  /** The names that fold alike with one of somebody who is here, as they fold, and the ids that somebody has. */
  taken: async (
    usernames: readonly string[],
    ids: readonly string[],
  ): Promise<{ folds: Set<string>; ids: Set<string> }> => {
    const among = (values: readonly string[]) =>
      sql`(select value from json_each(${JSON.stringify(values)}))`;
    const names = await sql<{ fold: string }>`
      select username_fold as fold from user where username_fold in ${among(usernames.map(caseFold))}`.execute(
      db,
    );
    const users = await sql<{ id: string }>`select id from user where id in ${among(ids)}`.execute(db);
    return {
      folds: new Set(names.rows.map(({ fold }) => fold)),
      ids: new Set(users.rows.map(({ id }) => id)),
    };
  },

  /** Up to `limit` users by when they were made, after one of them, without the automatic account. */
  page: async (
    after: { createdAt: string; id: string } | undefined,
    limit: number,
  ): Promise<Credentials[]> => {
    let rows = db.selectFrom('user').selectAll().where('is_automatic', '=', 0);
    if (after) rows = rows.where(sql<boolean>`(create_at, id) > (${toStored(after.createdAt)}, ${after.id})`);
    const found = await rows.orderBy('create_at').orderBy('id').limit(limit).execute();
    return found.map(row => ({ user: userOf(row), password: row.password }));
  },

  /** Adds users, by one statement. Needs `inBulk` around it. Throws username_unavailable. */
  insert: async (users: readonly ImportedUser[], now: string): Promise<void> => {
    const rows = await Promise.all(users.map(user => rowOf(user)));
    await unlessTaken(
      sql`insert into user (id, username, username_fold, username_skeleton, password, password_cost, profile_image,
          is_active, is_superuser, create_at, last_login_at, must_change, updated_at)
        select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
          value ->> 8, value ->> 9, value ->> 10, value ->> 11, ${toStored(now)} from json_each(${JSON.stringify(rows)})`.execute(
        db,
      ),
    );
  },

  /**
   * Does work that adds so many users, and gives each its default folder. Where that is less to do, the indexes that can be are taken away before and built
   * anew after it, inside the transaction: who reads meanwhile has them, and where the work fails they were never away.
   */
  inBulk: async (adds: number, work: () => Promise<void>): Promise<void> => {
    const { rows: known } = await sql<{ count: number; last: number }>`
      select count(*) as count, coalesce(max(rowid), 0) as last from user`.execute(db);
    const [{ count, last } = { count: 0, last: 0 }] = known;
    const addAll = async (): Promise<void> => {
      await work();
      await sql`insert into folder (id, user_id, name, description)
        select lower(hex(randomblob(16))), id, ${defaultFolder.name}, ${defaultFolder.description}
        from user where rowid > ${last}`.execute(db);
    };
    if (adds < many || count > adds * mostTimes) await addAll();
    else await withoutIndexes(db, addAll);
    // Whoever is here again was not deleted.
    await sql`delete from meta where key >= 'deleted_user:' and key < 'deleted_user;'
      and substr(key, 14) in (select username_fold from user)`.execute(db);
  },
});

const withoutIndexes = async (db: Kysely<Schema>, work: () => Promise<void>): Promise<void> => {
  const { rows } = await sql<{ type: string; name: string; sql: string }>`
    select type, name, sql from sqlite_master
    where tbl_name in ('user', 'folder') and type in ('index', 'trigger') and sql is not null
    order by rowid`.execute(db);
  await sql.raw(`pragma cache_size = -${buildingCache}`).execute(db);
  try {
    for (const { type, name } of rows) await sql`drop ${sql.raw(type)} ${sql.ref(name)}`.execute(db);
    await work();
    for (const { sql: made } of rows) await sql.raw(made).execute(db);
    await sql`insert into user_search (user_search) values ('rebuild')`.execute(db);
  } finally {
    await sql.raw(`pragma cache_size = -${usualCache}`).execute(db);
  }
};

const rowOf = async (user: ImportedUser): Promise<(string | number | null)[]> => [
  user.id,
  user.username,
  caseFold(user.username),
  await skeletonOf(user.username),
  user.password,
  user.passwordCost,
  user.profileImage,
  Number(user.isActive),
  Number(user.isSuperuser),
  toStored(user.createdAt),
  user.lastLoginAt === null ? null : toStored(user.lastLoginAt),
  Number(user.mustChangePassword ?? false),
];
