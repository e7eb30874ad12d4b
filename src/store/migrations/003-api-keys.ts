import { type Kysely, sql } from 'kysely';
import { isClearKey, startOf, storedKey } from '../key-values.ts';
import type { ApiKeyTable, Schema } from '../schema.ts';

const id = sql`CHAR(32)`;
const text = sql`VARCHAR`;
const flag = sql`BOOLEAN`;
const time = sql`DATETIME`;
const whole = sql`INTEGER`;

/**
 * The table of API keys, where the Python Langinfra has not made it, and the columns that are ours. A clear key of the
 * Python server gives way to its hash: it goes on working, and whoever gets hold of the file gets no key. Later versions
 * of that server encrypt their keys under its own secret key (Fernet); these nobody can check here: they stay in the
 * table, are listed and deleted like others, and match nothing.
 */
export const up = async (db: Kysely<Schema>): Promise<void> => {
  await db.schema
    .createTable('apikey')
    .ifNotExists()
    .addColumn('name', text)
    .addColumn('last_used_at', time)
    .addColumn('total_uses', whole, column => column.notNull())
    .addColumn('is_active', flag, column => column.notNull())
    .addColumn('id', id, column => column.notNull().primaryKey())
    .addColumn('created_at', time, column => column.notNull())
    .addColumn('api_key', text, column => column.notNull().unique())
    .addColumn('user_id', id, column => column.notNull().references('user.id'))
    .execute();
  await db.schema
    .alterTable('apikey')
    .addColumn('key_start', text, column => column.notNull().defaultTo(''))
    .execute();
  await db.schema.alterTable('apikey').addColumn('expires_at', time).execute();
  // Without it SQLite goes through all keys for each user that is deleted.
  await db.schema
    .createIndex('apikey_by_user')
    .on('apikey')
    .columns(['user_id', 'created_at', 'id'])
    .execute();
  await hashClearKeys(db);
};

const hashClearKeys = async (db: Kysely<Schema>): Promise<void> => {
  // The Python server's SQLite lets keys stand whose user is gone. They can't be inserted again, and are worth nothing.
  const keys = await db
    .selectFrom('apikey')
    .selectAll()
    .where('user_id', 'in', db.selectFrom('user').select('id'))
    .execute();
  if (!keys.some(({ api_key }) => isClearKey(api_key))) return;
  // An update leaves copies of what was there in the unused parts of the pages. With this, SQLite fills every page that
  // is given up with zeros (sqlite.org/pragma.html#pragma_secure_delete), and all of the table's are.
  await sql`pragma secure_delete = on`.execute(db);
  await db.deleteFrom('apikey').execute();
  for (const key of keys) await db.insertInto('apikey').values(withoutClearKey(key)).execute();
  await sql`pragma secure_delete = off`.execute(db);
};

const withoutClearKey = (row: ApiKeyTable): ApiKeyTable =>
  isClearKey(row.api_key)
    ? { ...row, api_key: storedKey(row.api_key), key_start: startOf(row.api_key) }
    : row;
