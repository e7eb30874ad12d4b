import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { backUp, replaceDatabase, withCopy } from '../../src/store/backup.ts';
import { rawDatabase, temporaryDirectory } from '../support/store.ts';

const refusedFor = (code: string, path: string) => ({
  code,
  message: expect.stringMatching(new RegExp(`^${path} is damaged`)),
});

test('the file that is damaged is named, and not a copy of it that is gone', async () => {
  using directory = temporaryDirectory();
  const source = join(directory.path, 'source.db');
  writeFileSync(source, '', { mode: 0o600 });
  {
    await using raw = await rawDatabase(source);
    await raw.exec(
      'create table one (a, b); create index one_by_a on one (a); insert into one values (1, 2)',
    );
    // What the table looks like cannot be read.
    await raw.exec(
      "pragma writable_schema = on; update sqlite_master set sql = 'nonsense' where name = 'one'",
    );
  }
  const notes = join(directory.path, 'notes');
  writeFileSync(notes, 'notes'.repeat(1000), { mode: 0o600 });
  const target = join(directory.path, 'copy.db');
  for (const path of [source, notes]) {
    await expect(backUp(path, target, { overwrite: false })).rejects.toMatchObject(
      refusedFor('database_corrupt', path),
    );
    await expect(withCopy(path, target, async () => {})).rejects.toMatchObject(
      refusedFor('backup_damaged', path),
    );
  }
  expect(readdirSync(directory.path).sort()).toEqual(['notes', 'source.db']);
});

test('nobody writes between the keeping of a database and its replacement', async () => {
  using directory = temporaryDirectory();
  const [path, copy] = [join(directory.path, 'live.db'), join(directory.path, 'copy.db')];
  await using live = await rawDatabase(path);
  await live.exec("pragma journal_mode = wal; create table said (what); insert into said values ('before')");
  await using restored = await rawDatabase(copy);
  await restored.exec("create table said (what); insert into said values ('restored')");
  const kept = await replaceDatabase(path, copy, {
    at: new Date(),
    tell: async () => {
      live.configure('busyTimeout', 0);
      await expect(live.exec("insert into said values ('lost')")).rejects.toMatchObject({
        code: 'SQLITE_BUSY',
      });
      // What is told still gets into what is restored.
      await restored.exec("insert into said values ('told')");
    },
  });
  expect(await live.all('select * from said')).toEqual([{ what: 'restored' }, { what: 'told' }]);
  await using before = await rawDatabase(kept ?? '');
  expect(await before.all('select * from said')).toEqual([{ what: 'before' }]);
});
