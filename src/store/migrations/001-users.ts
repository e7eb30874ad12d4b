import { type Kysely, sql } from 'kysely';
import { caseFold } from '../../text.ts';
import type { Schema } from '../schema.ts';

const id = sql`CHAR(32)`;
const text = sql`VARCHAR`;
const flag = sql`BOOLEAN`;
const time = sql`DATETIME`;
const whole = sql`INTEGER`;

/**
 * The tables of the Python Langinfra, where they are missing, and ours beside them. A database that the Python
 * server made keeps its rows; they get the columns that are ours.
 */
export const up = async (db: Kysely<Schema>): Promise<void> => {
  await db.schema
    .createTable('user')
    .ifNotExists()
    .addColumn('id', id, column => column.notNull().primaryKey())
    .addColumn('username', text, column => column.notNull().unique())
    .addColumn('password', text, column => column.notNull())
    .addColumn('profile_image', text)
    .addColumn('is_active', flag, column => column.notNull())
    .addColumn('is_superuser', flag, column => column.notNull())
    .addColumn('create_at', time, column => column.notNull())
    .addColumn('updated_at', time, column => column.notNull())
    .addColumn('last_login_at', time)
    .addColumn('store_api_key', text)
    .execute();
  await db.schema
    .alterTable('user')
    .addColumn('version', whole, column => column.notNull().defaultTo(1))
    .execute();
  await db.schema
    .alterTable('user')
    .addColumn('username_fold', text, column => column.notNull().defaultTo(''))
    .execute();
  await db.schema
    .alterTable('user')
    .addColumn('password_cost', whole, column => column.notNull().defaultTo(0))
    .execute();
  await db.schema
    .alterTable('user')
    .addColumn('is_automatic', flag, column => column.notNull().defaultTo(0))
    .execute();
  // A column and no indexed expression: SQLite goes straight to a place (a, b) > (?, ?) by columns only.
  await sql`alter table user add column last_login_order varchar
    generated always as (coalesce(last_login_at, '')) virtual`.execute(db);
  await adoptPythonUsers(db);

  await db.schema
    .createTable('folder')
    .ifNotExists()
    .addColumn('id', id, column => column.notNull().primaryKey())
    .addColumn('name', text, column => column.notNull())
    .addColumn('description', text)
    .addColumn('parent_id', id, column => column.references('folder.id'))
    .addColumn('user_id', id, column => column.references('user.id'))
    .addUniqueConstraint('unique_folder_name', ['user_id', 'name'])
    .execute();

  await db.schema
    .createTable('session')
    .addColumn('id', id, column => column.notNull().primaryKey())
    .addColumn('user_id', id, column => column.notNull().references('user.id').onDelete('cascade'))
    .addColumn('door', text, column => column.notNull())
    .addColumn('created_at', time, column => column.notNull())
    .addColumn('expires_at', time)
    .addColumn('password_at', time)
    .addColumn('refresh_id', text)
    .addColumn('refreshed_at', time)
    .addColumn('refresh_previous', text)
    .execute();
  await db.schema.createIndex('session_user').on('session').column('user_id').execute();
  await db.schema.createIndex('session_expires').on('session').column('expires_at').execute();

  // One index for each order the list of users can have (store/user-order.ts); id makes the order total.
  for (const [name, columns] of Object.entries(orders)) {
    await db.schema
      .createIndex(`user_by_${name}`)
      .on('user')
      .columns([...columns])
      .execute();
  }
  // These are asked for inside transactions that hold up every other writer: none may read the whole table.
  await sql`create index user_by_cost on user (password_cost)`.execute(db);
  await sql`create index user_superusers on user (id) where is_superuser = 1`.execute(db);
  await sql`create index user_automatic on user (id) where is_automatic = 1`.execute(db);
};

const orders = {
  username: ['username_fold', 'id'],
  created: ['create_at', 'id'],
  updated: ['updated_at', 'id'],
  last_login: ['last_login_order', 'id'],
  active: ['is_active', 'username_fold', 'id'],
  superuser: ['is_superuser', 'username_fold', 'id'],
} as const;

const adoptPythonUsers = async (db: Kysely<Schema>): Promise<void> => {
  const users = await db.selectFrom('user').select(['id', 'username', 'password']).execute();
  for (const { id, username, password } of users) {
    const cost = Number(/^\$2[aby]\$(\d\d)\$/.exec(password)?.[1] ?? 0);
    await db
      .updateTable('user')
      .set({ username_fold: caseFold(username), password_cost: cost })
      .where('id', '=', id)
      .execute();
  }
};
