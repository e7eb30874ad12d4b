import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import {
  addUser,
  foreignDatabase,
  rawDatabase,
  refusedUntouched,
  temporaryDirectory,
  temporaryStore,
} from '../support/store.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let path: string;
beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory.path, 'langinfra.db');
});
afterEach(() => directory[Symbol.dispose]());

const open = (at: string, create = true) => openStore(`sqlite:///${at}`, { create });
const modeOf = (at: string) => (statSync(at).mode & 0o777).toString(8);

describe('a new database', () => {
  test('is private from its first byte, whatever the umask: files 600, directories 700', async () => {
    const mask = process.umask(0);
    try {
      const deep = join(directory.path, 'new/deep/langinfra.db');
      const store = await open(deep);
      await addUser(store);
      expect(['', '-wal', '-shm'].map(suffix => modeOf(`${deep}${suffix}`))).toEqual(['600', '600', '600']);
      expect([join(deep, '..'), join(deep, '../..')].map(modeOf)).toEqual(['700', '700']);
      await store.close();
    } finally {
      process.umask(mask);
    }
  });

  test('keeps what was written when it is opened again', async () => {
    const store = await open(path);
    const ada = await addUser(store);
    await store.close();
    const again = await open(path, false);
    expect(await again.read.users.find(ada.id)).toEqual(ada);
    expect(again.path).toBe(path);
    await again.close();
  });

  test('leaves one file behind when it is closed, even if somebody had only begun to listen', async () => {
    const store = await open(path);
    store.onChange(() => {});
    await store.close();
    // A connection that was still on its way would keep the files of the next one.
    const next = await open(path);
    await addUser(next);
    await next.close();
    expect(readdirSync(directory.path)).toEqual(['langinfra.db']);
  });

  test('is not made where none is wanted', async () => {
    await expect(open(join(directory.path, 'no/langinfra.db'), false)).rejects.toMatchObject({
      code: 'no_database',
      exit: 7,
      message: expect.stringContaining(join(directory.path, 'no/langinfra.db')),
    });
    expect(existsSync(join(directory.path, 'no'))).toBe(false);
  });

  test('nor is an empty file taken for one then', async () => {
    writeFileSync(path, '', { mode: 0o600 });
    await expect(open(path, false)).rejects.toMatchObject({ code: 'no_database' });
    expect(statSync(path).size).toBe(0);
  });
});

describe('what is no database of Langinfra is refused and left untouched', () => {
  test('a directory', async () => {
    mkdirSync(path);
    await expect(open(path)).rejects.toMatchObject({
      code: 'database_unreachable',
      message: expect.stringContaining('it is a directory, not a file'),
    });
  });

  test('a path through a file', async () => {
    writeFileSync(path, 'text', { mode: 0o600 });
    await expect(open(join(path, 'langinfra.db'))).rejects.toMatchObject({
      code: 'database_unreachable',
      message: expect.stringContaining('a part of the path is a file, not a directory'),
    });
  });

  test('a symbolic link that leads nowhere, which is named', async () => {
    symlinkSync('nowhere', path);
    await expect(open(path)).rejects.toMatchObject({
      code: 'database_unreachable',
      message: expect.stringContaining(`the symbolic link ${path} leads nowhere`),
    });
    expect(readdirSync(directory.path)).toEqual(['langinfra.db']);
  });

  test.each([
    ['a text', 'Dear diary, '.repeat(1_000)],
    ['a few bytes', 'xy'],
    ['another format', '\x7fELF\0\0\0'.repeat(512)],
  ])('%s', async (_, content) => {
    writeFileSync(path, content, { mode: 0o600 });
    await refusedUntouched(path, 'database_corrupt');
  });

  test.each([
    ['notes', 'create table notes (text)'],
    ['views only', 'create view answers as select 42'],
    ['a table meta of its own', 'create table meta (name); insert into meta values (1)'],
    [
      'a schema version of its own',
      `create table meta (key, value); insert into meta values ('schema_version', 1)`,
    ],
    ['a lower one', `create table meta (key, value); insert into meta values ('schema_version', 0)`],
    ['users, but others', 'create table user (id, email); create table alembic_version (version_num)'],
    ['users and meta', 'create table user (id); create table meta (key, value)'],
  ])("another program's database: %s", async (_, script) => {
    await foreignDatabase(path, script);
    await refusedUntouched(path, 'database_corrupt');
  });

  test.each([100, 4_096, 20_000])('a database cut at %i bytes', async size => {
    await (await open(path)).close();
    truncateSync(path, size);
    await refusedUntouched(path, 'database_corrupt');
  });

  test('a database of a newer version', async () => {
    await (await open(path)).close();
    await setVersion('999');
    await refusedUntouched(path, 'database_newer');
  });

  test.each(['', 'two', '-1', '1.5'])('a database whose version is %j', async version => {
    await (await open(path)).close();
    await setVersion(version);
    await refusedUntouched(path, 'database_corrupt');
  });

  const setVersion = async (version: string) => {
    await using db = await rawDatabase(path);
    await db.run(`update meta set value = ? where key = 'schema_version'`, version);
  };
});

describe('the directory of a database', () => {
  test.each([0o720, 0o702, 0o777])('of mode %o, in which others can write, is refused', async mode => {
    chmodSync(directory.path, mode);
    for (const create of [true, false]) {
      await expect(open(path, create)).rejects.toMatchObject({
        code: create ? 'file_exposed' : 'no_database',
        ...(create && { message: expect.stringContaining(`chmod go-w ${directory.path}`) }),
      });
    }
    expect(readdirSync(directory.path)).toEqual([]);
  });

  test.each([0o755, 0o1777])('of mode %o is taken: nobody replaces the files of others there', async mode => {
    chmodSync(directory.path, mode);
    await (await open(path)).close();
    expect(readdirSync(directory.path)).toEqual(['langinfra.db']);
  });
});

describe('a file that others can read or change is refused, with the command that mends it', () => {
  test.each([0o640, 0o604, 0o620, 0o601, 0o666])('a database of mode %o', async mode => {
    await (await open(path)).close();
    chmodSync(path, mode);
    const before = readFileSync(path);
    await expect(open(path)).rejects.toMatchObject({
      code: 'file_exposed',
      exit: 7,
      message: expect.stringContaining(`chmod 600 ${path}`),
    });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test.each(['-wal', '-shm'])('the %s file that a crash left behind', async suffix => {
    await using db = await temporaryStore();
    chmodSync(`${db.path}${suffix}`, 0o644);
    await expect(db.another()).rejects.toMatchObject({
      code: 'file_exposed',
      message: expect.stringContaining(`chmod 600 ${db.path}${suffix}`),
    });
  });
});
