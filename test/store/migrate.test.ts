import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { otherProcess, rawDatabase, temporaryDirectory } from '../support/store.ts';

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

const integrityOf = async (path: string) => {
  await using db = await rawDatabase(path);
  return (await db.get('pragma integrity_check')).integrity_check;
};
