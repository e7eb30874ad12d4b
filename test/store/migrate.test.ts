import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { sqliteDialect } from '../../src/store/engines/sqlite.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openStore } from '../../src/store/open.ts';
import type { Schema } from '../../src/store/schema.ts';
import { foreignDatabase, otherProcess, python, rawDatabase, temporaryDirectory } from '../support/store.ts';

test('eight processes that start at once on no database yet all work, on one database', async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'new/langinfra.db');
  const url = `sqlite:///${path}`;
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const processes = names.map(name => otherProcess('add', url, name));
  await Promise.all(processes.map(({ ready }) => ready));
  for (const { go } of processes) go();
  await Promise.all(processes.map(({ done }) => done));

  const store = await openStore(url, { create: false });
  const users = await store.read.lists.page({ sort: 'username', order: 'asc' }, 'start', 10);
  await store.close();
  expect(users.map(({ user }) => user.username)).toEqual(names);
  expect(await integrityOf(path)).toBe('ok');
  expect(readdirSync(dirname(path))).toEqual(['langinfra.db']);
}, 20_000);

test('a dry run leaves a database of before as it is, and says what to do', async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'langinfra.db');
  await foreignDatabase(path, python);
  const before = readFileSync(path);
  await expect(openStore(`sqlite:///${path}`, { create: false, rehearsal: true })).rejects.toMatchObject({
    code: 'database_older',
    exit: 7,
    message: expect.stringContaining(`The database ${path} is of an older version, and a dry run`),
  });
  expect(readFileSync(path).equals(before)).toBe(true);
  await (await openStore(`sqlite:///${path}`, { create: false })).close();
  await (await openStore(`sqlite:///${path}`, { create: false, rehearsal: true })).close();
});

test('before a database of very many users is brought up to date, that is said, once', async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'langinfra.db');
  await foreignDatabase(path, python);
  let said = 0;
  const open = async () =>
    (await openStore(`sqlite:///${path}`, { create: false, onLongUpgrade: () => said++ })).close();
  {
    await using db = await rawDatabase(path);
    await db.exec(`with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 10001)
      insert into user (id, username, password, is_active, is_superuser, create_at, updated_at)
      select printf('%032d', n), 'u' || n, '', 1, 0, '2026-01-01', '2026-01-01' from numbers`);
  }
  await open();
  await open();
  expect(said).toBe(1);
});

test('who finds the database migrated when its turn to write comes leaves it so', async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'langinfra.db');
  await foreignDatabase(path, python);
  const reads = new Kysely<Schema>({ dialect: sqliteDialect(path, 'reader') });
  const writes = new Kysely<Schema>({ dialect: sqliteDialect(path, 'writer') });
  const options = { path, create: true, rehearsal: false };
  // Between its look at the version and its transaction another process migrates.
  const late = Object.create(writes, {
    transaction: {
      value: () => ({
        execute: async (work: never) => {
          await migrate(reads, writes, options);
          return writes.transaction().execute(work);
        },
      }),
    },
  });
  await migrate(reads, late, options);
  await Promise.all([reads.destroy(), writes.destroy()]);
  expect(await integrityOf(path)).toBe('ok');
});

const integrityOf = async (path: string) => {
  await using db = await rawDatabase(path);
  return (await db.get('pragma integrity_check')).integrity_check;
};
