import { type Kysely, sql } from 'kysely';
import { Refusal } from '../refusal.ts';
import { up as users } from './migrations/001-users.ts';
import { up as search } from './migrations/002-search.ts';
import { up as apiKeys } from './migrations/003-api-keys.ts';
import { up as throttle } from './migrations/004-throttle.ts';
import { up as audit } from './migrations/005-audit.ts';
import { up as lists } from './migrations/006-lists.ts';
import { up as mustChange } from './migrations/007-must-change.ts';
import { up as lockedSessions } from './migrations/008-locked-sessions.ts';
import { up as auditOfNames } from './migrations/009-audit-of-names.ts';
import { up as recovery } from './migrations/010-recovery.ts';
import { up as secondSteps } from './migrations/011-second-steps.ts';
import { up as sshKeys } from './migrations/012-ssh-keys.ts';
import { up as failedUnlocks } from './migrations/013-failed-unlocks.ts';
import { up as formerNames } from './migrations/014-former-names.ts';
import { up as recoveredSessions } from './migrations/015-recovered-sessions.ts';
import { up as toldSignIns } from './migrations/016-told-sign-ins.ts';
import { up as firstSteps } from './migrations/017-first-steps.ts';
import type { Schema } from './schema.ts';

/** In order; a database of version n has the first n of them. What has been released is never changed. */
const migrations = [
  users,
  search,
  apiKeys,
  throttle,
  audit,
  lists,
  mustChange,
  lockedSessions,
  auditOfNames,
  recovery,
  secondSteps,
  sshKeys,
  failedUnlocks,
  formerNames,
  recoveredSessions,
  toldSignIns,
  firstSteps,
];
/** The version that this program brings a database to. */
export const schemaVersion = migrations.length;
const versionKey = 'schema_version';
/** Building the indexes of more users than this takes longer than a person waits without a word. */
const manyUsers = 10_000;
/** What the Python Langinfra's table `user` has; other programs have a `user` and an `alembic_version` too. */
const pythonColumns = `id username password profile_image is_active is_superuser create_at updated_at
  last_login_at store_api_key`.split(/\s+/);

export type MigrateOptions = {
  path: string;
  /** Make the tables where there is none. */
  create: boolean;
  rehearsal?: boolean | undefined;
  /** Called before a migration that takes long. */
  onLongUpgrade?: (() => void) | undefined;
};

/**
 * Brings the database to this program's version, in one transaction that one process alone can hold: of
 * several that start at once, the first migrates and the others find it done.
 * Throws database_newer, database_corrupt for a database that is not Langinfra's, no_database for one without tables that
 * is not to be made, and database_older in a rehearsal; all leave it untouched.
 */
export const migrate = async (
  reads: Kysely<Schema>,
  writes: Kysely<Schema>,
  { path, create, rehearsal = false, onLongUpgrade }: MigrateOptions,
): Promise<void> => {
  if ((await versionOf(reads, path, create)) === schemaVersion) return;
  if (rehearsal) throw new Refusal('database_older', { path });
  const upgraded = await writes.transaction().execute(async tx => {
    const version = await versionOf(tx, path, create);
    const isOlder = version < schemaVersion && (await hasTable(tx, 'user'));
    if (isOlder && (await hasManyUsers(tx))) onLongUpgrade?.();
    if (version === 0) await createMeta(tx);
    for (const up of migrations.slice(version)) await up(tx);
    await tx
      .updateTable('meta')
      .set({ value: String(schemaVersion) })
      .where('key', '=', versionKey)
      .execute();
    return isOlder;
  });
  // The pages of before, clear API keys in them, would stay in the file and its WAL until SQLite comes to write them anew.
  if (upgraded) await sql`pragma wal_checkpoint(truncate)`.execute(writes);
};

const hasTable = async (db: Kysely<Schema>, name: string): Promise<boolean> => {
  const { rows } = await sql`select 1 from sqlite_master where type = 'table' and name = ${name}`.execute(db);
  return rows.length > 0;
};

const hasManyUsers = async (db: Kysely<Schema>): Promise<boolean> => {
  const beyond = await sql`select 1 from user limit 1 offset ${sql.lit(manyUsers)}`.execute(db);
  return beyond.rows.length > 0;
};

const versionOf = async (db: Kysely<Schema>, path: string, create: boolean): Promise<number> => {
  const { rows } = await sql<{ name: string }>`select name from sqlite_master`.execute(db);
  const names = new Set(rows.map(row => row.name));
  if (names.size === 0) {
    if (create) return 0;
    throw new Refusal('no_database', { path });
  }
  // Other programs call a table `meta` too, and keep a `schema_version` in it; they have no users.
  if (!names.has('user')) throw new Refusal('database_corrupt', { path });
  if (!names.has('meta')) {
    if (await isPythons(db)) return 0;
    throw new Refusal('database_corrupt', { path });
  }
  const row = await db.selectFrom('meta').select('value').where('key', '=', versionKey).executeTakeFirst();
  const version = Number(row?.value);
  if (!Number.isInteger(version) || version < 1) throw new Refusal('database_corrupt', { path });
  if (version > schemaVersion) throw new Refusal('database_newer', { path });
  return version;
};

const isPythons = async (db: Kysely<Schema>): Promise<boolean> => {
  const { rows } = await sql<{ name: string }>`select name from pragma_table_info('user')`.execute(db);
  const there = new Set(rows.map(row => row.name));
  // With a column of ours it is a database of ours whose table `meta` is gone.
  return pythonColumns.every(column => there.has(column)) && !there.has('username_fold');
};

const createMeta = async (tx: Kysely<Schema>): Promise<void> => {
  await tx.schema
    .createTable('meta')
    .addColumn('key', sql`VARCHAR`, column => column.notNull().primaryKey())
    .addColumn('value', sql`VARCHAR`, column => column.notNull())
    .execute();
  await tx.insertInto('meta').values({ key: versionKey, value: '0' }).execute();
};
