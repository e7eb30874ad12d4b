import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';
import { skeletonOf } from '../skeleton.ts';

/**
 * What a million users need: an index for each order under each filter, a search index that triggers keep, the skeleton
 * of each name, by which names that look alike are found, and an index of the folders that are in others: without it
 * SQLite goes through all folders for each one that is deleted.
 */
export const up = async (db: Kysely<Schema>): Promise<void> => {
  await sql`alter table user add column username_skeleton varchar not null default ''`.execute(db);
  await fillSkeletons(db);
  await sql`create index user_by_skeleton on user (username_skeleton)`.execute(db);

  await sql`create index folder_by_parent on folder (parent_id) where parent_id is not null`.execute(db);

  for (const filter of filters)
    for (const order of filter.orders) {
      const columns = [...filter.columns, ...orders[order]].map(column => sql.ref(column));
      await sql`create index ${sql.ref(`user_${filter.name}_by_${order}`)} on user (${sql.join(columns)})
        ${sql.raw(filter.where)}`.execute(db);
    }

  // The rows of the index have the numbers of the table's rows. VACUUM keeps those of a table with an index, as this
  // one is (test/store/user-search.test.ts).
  await sql`create virtual table user_search using fts5 (
    username_fold, content = 'user', content_rowid = 'rowid', tokenize = 'trigram case_sensitive 1', detail = none
  )`.execute(db);
  await sql`insert into user_search (user_search) values ('rebuild')`.execute(db);
  const add = sql.raw(
    `insert into user_search (rowid, username_fold) values (new.rowid, new.username_fold);`,
  );
  const remove = sql.raw(
    `insert into user_search (user_search, rowid, username_fold) values ('delete', old.rowid, old.username_fold);`,
  );
  await sql`create trigger user_search_insert after insert on user begin ${add} end`.execute(db);
  await sql`create trigger user_search_delete after delete on user begin ${remove} end`.execute(db);
  await sql`create trigger user_search_update after update of username_fold on user
    when old.username_fold <> new.username_fold begin ${remove} ${add} end`.execute(db);
};

/**
 * The orders of migration 001 under the filters: those for Active hold both values, for nobody knows which of them is
 * the rare one; superusers and pending users are few. Each begins with what its filter compares, or SQLite would rather
 * take another one and sort.
 */
const filters = [
  {
    name: 'active',
    columns: ['is_active'],
    where: '',
    orders: ['created', 'updated', 'last_login', 'superuser'],
  },
  {
    name: 'superuser',
    columns: ['is_superuser'],
    where: 'where is_superuser = 1',
    orders: ['created', 'updated', 'last_login', 'active'],
  },
  {
    name: 'pending',
    columns: ['is_active', 'last_login_at'],
    where: 'where is_active = 0 and last_login_at is null',
    orders: ['username', 'created', 'updated', 'last_login', 'superuser'],
  },
] as const;

const orders = {
  username: ['username_fold', 'id'],
  created: ['create_at', 'id'],
  updated: ['updated_at', 'id'],
  last_login: ['last_login_order', 'id'],
  active: ['is_active', 'username_fold', 'id'],
  superuser: ['is_superuser', 'username_fold', 'id'],
} as const;

const batch = 1000;

const fillSkeletons = async (db: Kysely<Schema>): Promise<void> => {
  let last = '';
  for (;;) {
    const users = await db
      .selectFrom('user')
      .select(['id', 'username'])
      .where('id', '>', last)
      .orderBy('id')
      .limit(batch)
      .execute();
    if (users.length === 0) return;
    last = users.at(-1)?.id ?? '';
    const skeletons = await Promise.all(
      users.map(async ({ id, username }) => [id, await skeletonOf(username)] as const),
    );
    await sql`update user set username_skeleton = filled.value
      from json_each(${JSON.stringify(Object.fromEntries(skeletons))}) as filled where user.id = filled.key`.execute(
      db,
    );
  }
};
