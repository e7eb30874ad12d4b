import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { open } from 'sqlite';
import sqlite3 from 'sqlite3';
import { expect } from 'vitest';
import { openStore, type Store, type StoreOptions } from '../../src/store/open.ts';
import type { NewUser, User } from '../../src/store/users.ts';
import { newId, timestampOf } from '../../src/store/values.ts';

/** An empty directory of its own, gone at the end. */
export const temporaryDirectory = () => {
  const path = mkdtempSync(join(tmpdir(), 'langinfra-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
};

/** A new store on a real file, in a directory of its own; `another` opens the same database once more. */
export const temporaryStore = async () => {
  const directory = temporaryDirectory();
  const path = join(directory.path, 'langinfra.db');
  const url = `sqlite:///${path}`;
  const opened: Store[] = [];
  const another = async (options: StoreOptions = { create: true }): Promise<Store> => {
    const store = await openStore(url, options);
    opened.push(store);
    return store;
  };
  return {
    path,
    url,
    store: await another(),
    another,
    [Symbol.asyncDispose]: async () => {
      for (const store of opened) await store.close();
      directory[Symbol.dispose]();
    },
  };
};

/** A timestamp, so many seconds after a fixed moment. */
export const moment = (seconds: number): string =>
  timestampOf(new Date(Date.UTC(2026, 0, 1) + seconds * 1000));

/** A new user who is active and nothing special. */
export const userRow = (row: Partial<NewUser> = {}): NewUser => ({
  id: newId(),
  username: 'ada',
  isActive: true,
  isSuperuser: false,
  isAutomatic: false,
  password: 'sealed',
  passwordCost: 12,
  now: moment(0),
  ...row,
});

/** Adds a user and gives it as the store holds it. */
export const addUser = async (store: Store, row: Partial<NewUser> = {}): Promise<User> => {
  const user = userRow(row);
  await store.write(tx => tx.users.insert(user));
  return (await store.read.users.find(user.id)) as User;
};

/** The database file without the store: to look into it, or to make what another program left there. */
export const rawDatabase = async (path: string) => {
  const db = await open({ filename: path, driver: sqlite3.Database });
  return Object.assign(db, { [Symbol.asyncDispose]: () => db.close() });
};

/** What Langinfra 1.1 (Python, SQLAlchemy) makes: a fraction of zero is left out, names differ in case at will. */
export const python = `
  create table alembic_version (version_num varchar(32) not null primary key);
  insert into alembic_version values ('0ae3a2674f32');
  create table user (
    id char(32) not null, username varchar not null, password varchar not null, profile_image varchar,
    is_active boolean not null, is_superuser boolean not null, create_at datetime not null,
    updated_at datetime not null, last_login_at datetime, store_api_key varchar, primary key (id));
  create unique index ix_user_username on user (username);
  create table folder (
    name varchar not null, description varchar, id char(32) not null, parent_id char(32), user_id char(32),
    primary key (id), constraint unique_folder_name unique (user_id, name),
    foreign key (parent_id) references folder (id), foreign key (user_id) references user (id));
  create table apikey (
    name varchar, last_used_at datetime, total_uses integer not null, is_active boolean not null,
    id char(32) not null, created_at datetime not null, api_key varchar not null, user_id char(32) not null,
    primary key (id), foreign key (user_id) references user (id));
  create unique index ix_apikey_api_key on apikey (api_key);
  insert into user values
    ('${'a'.repeat(32)}', 'Ada', '$2b$12$${'x'.repeat(53)}', null, 1, 1,
      '2024-05-06 07:08:09.123456', '2024-05-06 07:08:09', '2024-06-01 00:00:00.000001', null),
    ('${'b'.repeat(32)}', 'ADA', '$2b$04$${'y'.repeat(53)}', 'face.png', 0, 0,
      '2024-05-06 07:08:10', '2024-05-06 07:08:10', null, null),
    ('${'c'.repeat(32)}', 'Straße', '', null, 1, 0,
      '2024-05-06 07:08:11', '2024-05-06 07:08:11', null, 'key');
  insert into folder values ('My Projects', null, '${'f'.repeat(32)}', null, '${'a'.repeat(32)}');`;

/** A private database file that another program made with this SQL. */
export const foreignDatabase = async (path: string, script: string): Promise<void> => {
  writeFileSync(path, '', { mode: 0o600 });
  await using db = await rawDatabase(path);
  await db.exec(script);
};

/** Opening is refused with that code, and not a byte of the file is different afterwards. */
export const refusedUntouched = async (path: string, code: string): Promise<void> => {
  const before = readFileSync(path);
  await expect(openStore(`sqlite:///${path}`, { create: true })).rejects.toMatchObject({ code });
  expect(readFileSync(path).equals(before)).toBe(true);
};

/**
 * Another process on the database, which does one of the works of test/store/fixtures/process.ts.
 * It waits until `go` is called; `done` is what it printed, and fails with what it complained of.
 */
export const otherProcess = (work: 'add' | 'count-up', url: string, ...rest: string[]) => {
  const script = fileURLToPath(new URL('../store/fixtures/process.ts', import.meta.url));
  const child = spawn(process.execPath, [script, work, url, ...rest], { stdio: 'pipe' });
  const ended = once(child, 'close');
  const said = Promise.all([text(child.stdout), text(child.stderr), ended]);
  return {
    ready: once(child.stdout, 'readable'),
    go: () => child.stdin.end('go\n'),
    done: said.then(([stdout, stderr]) => {
      if (child.exitCode !== 0) throw new Error(stderr);
      return stdout;
    }),
  };
};
