import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, open } from 'sqlite';
import sqlite3 from 'sqlite3';
import { schemaVersion } from '../src/store/migrate.ts';
import { openStore } from '../src/store/open.ts';
import { skeletonOf } from '../src/store/skeleton.ts';

const firstNames =
  'james mary robert patricia john jennifer michael linda wei yuki aisha omar ivan olga lars'.split(' ');
const lastNames =
  'smith garcia nguyen okafor tanaka kowalski petrov haddad svensson fischer dubois rossi silva'.split(' ');
const batch = 10_000;

/** The same user for the same number, always; its name is unlike its neighbours'. */
const userOf = (index: number) => {
  const digest = createHash('md5').update(String(index)).digest();
  const [a = 0, b = 0, c = 0, d = 0] = digest;
  const name = `${firstNames[a % firstNames.length]}.${lastNames[b % lastNames.length]}${index.toString(36)}`;
  const created = new Date(Date.UTC(2020, 0, 1) + digest.readUInt32LE(4) * 40).toISOString();
  const time = created.replace('T', ' ').replace('Z', '000');
  return {
    id: digest.toString('hex'),
    name,
    active: Number(c % 20 > 0),
    superuser: Number(index % 200 === 0),
    time,
    seen: d % 5,
  };
};

/** A copy of such a database, for a measurement that changes it. */
export const seededCopy = async (count: number, directory: string): Promise<string> => {
  const path = join(directory, 'users.db');
  copyFileSync(await seeded(count), path);
  return path;
};

/** The same users in a CSV file, in the order in which the console lists them. */
export const seededCsv = async (count: number, directory: string): Promise<string> => {
  const db = await open({ filename: await seeded(count), driver: sqlite3.Database });
  const rows = await db.all<Record<string, unknown>[]>(
    'select id, username, is_active, is_superuser, create_at, updated_at, last_login_at from user order by username_fold',
  );
  await db.close();
  const path = join(directory, 'users.csv');
  const heads = 'id,username,is_active,is_superuser,create_at,updated_at,last_login_at';
  writeFileSync(path, [heads, ...rows.map(user => Object.values(user).join(','))].join('\n'));
  return path;
};

/** A database of so many users, made once and kept in the temporary directory. Gives its path. */
export const seeded = async (count: number): Promise<string> => {
  const path = join(tmpdir(), `langinfra-bench-${count}-schema-${schemaVersion}.db`);
  if (existsSync(path)) return path;
  process.stderr.write(`making ${count.toLocaleString('en-US')} users in ${path}\n`);
  const draft = `${path}.${process.pid}`;
  const store = await openStore(`sqlite:///${draft}`, { create: true });
  await store.close();
  const db = await open({ filename: draft, driver: sqlite3.Database });
  await db.exec('pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -400000');
  await db.exec('begin');
  await withoutIndexes(db, () => insertUsers(db, count));
  await db.exec('commit; analyze; pragma journal_mode = wal');
  await db.close();
  renameSync(draft, path);
  return path;
};

/** Builds the indexes when all rows are there, which takes a fraction of the time. */
const withoutIndexes = async (db: Database, work: () => Promise<void>): Promise<void> => {
  const made = await db.all<{ type: string; name: string; sql: string }[]>(
    "select type, name, sql from sqlite_master where tbl_name = 'user' and type in ('index', 'trigger') and sql is not null",
  );
  for (const { type, name } of made) await db.exec(`drop ${type} "${name}"`);
  await work();
  for (const { sql } of made) await db.exec(sql);
  await db.exec("insert into user_search (user_search) values ('rebuild')");
};

const insertUsers = async (db: Database, count: number): Promise<void> => {
  for (let from = 0; from < count; from += batch) {
    const users = Array.from({ length: Math.min(batch, count - from) }, (_, step) => userOf(from + step));
    const skeletons = await Promise.all(users.map(({ name }) => skeletonOf(name)));
    await db.run(
      `insert into user (id, username, username_fold, username_skeleton, password, is_active, is_superuser, create_at,
         updated_at, last_login_at)
       select value->>'id', value->>'name', value->>'name', value->>'skeleton', '', value->>'active',
         value->>'superuser', value->>'time', value->>'time', iif(value->>'seen', value->>'time', null)
       from json_each(?)`,
      JSON.stringify(users.map((user, at) => ({ ...user, skeleton: skeletons[at] }))),
    );
  }
};
