import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Transaction } from '../../src/store/open.ts';
import { addUser, moment, temporaryStore, userRow } from '../support/store.ts';

let db: Awaited<ReturnType<typeof temporaryStore>>;
beforeEach(async () => {
  db = await temporaryStore();
});
afterEach(() => db[Symbol.asyncDispose]());

const everybody = { sort: 'username', order: 'asc' } as const;
const count = () => db.store.read.lists.count(everybody);
/** A promise and what keeps it. */
const gate = () => Promise.withResolvers<void>();

describe('a write', () => {
  test('gives what the work gives, and is kept', async () => {
    const ada = userRow();
    const written = db.store.write(async tx => {
      await tx.users.insert(ada);
      return 'done';
    });
    expect(await written).toBe('done');
    const other = await db.another();
    expect((await other.read.users.find(ada.id))?.username).toBe('ada');
  });

  test('that throws in the middle leaves nothing behind, in no table, and the next one works', async () => {
    const ada = userRow();
    const failing = db.store.write(async tx => {
      await tx.users.insert(ada);
      await tx.folders.ensureDefault(ada.id);
      await tx.meta.rememberDeleted('ada', moment(0));
      throw new Error('the light went out');
    });
    await expect(failing).rejects.toThrow('the light went out');
    expect(await count()).toBe(0);
    expect(await db.store.read.meta.wasDeleted('ada')).toBe(false);
    await db.store.write(tx => tx.users.insert(ada));
    expect(await db.store.write(tx => tx.folders.ensureDefault(ada.id))).toBe(true);
  });

  test('waits for what is to run between writes, and that for the write before it', async () => {
    const said: string[] = [];
    const write = (name: string) =>
      db.store.write(async tx => {
        await tx.users.insert(userRow({ username: name }));
        said.push(name);
      });
    const other = await db.another();
    const between = async () => {
      // Another process finds no lock of ours.
      await other.write(tx => tx.users.insert(userRow({ username: 'other' })));
      said.push('between');
    };
    await Promise.all([write('first'), db.store.betweenWrites(between), write('second')]);
    expect(said).toEqual(['first', 'between', 'second']);
    expect(await count()).toBe(3);
  });

  test('waits for the one before it, though both were begun at once', async () => {
    const said: string[] = [];
    const open = gate();
    const first = db.store.write(async tx => {
      said.push('first begins');
      await open.promise;
      await tx.users.insert(userRow());
      said.push('first ends');
    });
    const second = db.store.write(async tx => {
      said.push(`second finds ${await tx.lists.count(everybody)}`);
    });
    await vi.waitFor(() => expect(said).toEqual(['first begins']));
    open.resolve();
    await Promise.all([first, second]);
    expect(said).toEqual(['first begins', 'first ends', 'second finds 1']);
  });

  test('waits for one of another connection too', async () => {
    const other = await db.another();
    const [begun, open] = [gate(), gate()];
    const first = db.store.write(async tx => {
      await tx.meta.set('env_file', 'first');
      begun.resolve();
      await open.promise;
    });
    await begun.promise;
    const second = other.write(tx => tx.meta.get('env_file'));
    open.resolve();
    await first;
    expect(await second).toBe('first');
  });

  test('goes well however often another connection wrote since this one last read or wrote', async () => {
    const other = await db.another();
    for (const store of [db.store, other, db.store, other, db.store]) {
      const before = Number((await store.read.meta.get('env_file')) ?? 0);
      await store.write(async tx => {
        expect(await tx.meta.get('env_file')).toBe(before === 0 ? undefined : String(before));
        await tx.meta.set('env_file', String(before + 1));
      });
    }
    expect(await other.read.meta.get('env_file')).toBe('5');
  });

  test('is not seen by a read outside before it is kept', async () => {
    const ada = userRow();
    await db.store.write(async tx => {
      await tx.users.insert(ada);
      expect((await tx.users.find(ada.id))?.username).toBe('ada');
      expect(await db.store.read.users.find(ada.id)).toBeUndefined();
      expect(await count()).toBe(0);
    });
    expect(await count()).toBe(1);
  });

  test('cannot be made by what only reads', async () => {
    const ada = await addUser(db.store);
    const reads = db.store.read as unknown as Transaction;
    await expect(reads.users.remove(ada.id)).rejects.toMatchObject({ code: 'database_unwritable' });
    const together = db.store.readTogether(tx => (tx as unknown as Transaction).users.remove(ada.id));
    await expect(together).rejects.toMatchObject({ code: 'database_unwritable' });
    expect(await count()).toBe(1);
  });
});

describe('a rehearsal', () => {
  test('finds out what would happen, and it does not', async () => {
    const rehearsing = await db.another({ create: false, rehearsal: true });
    const ada = userRow();
    const found = await rehearsing.write(async tx => {
      await tx.users.insert(ada);
      return tx.users.find(ada.id);
    });
    expect(found?.username).toBe('ada');
    expect(await rehearsing.read.users.find(ada.id)).toBeUndefined();
    expect(await count()).toBe(0);
  });

  test('is refused what a write is refused, and then another can be held', async () => {
    const ada = await addUser(db.store);
    const rehearsing = await db.another({ create: false, rehearsal: true });
    const again = () => rehearsing.write(tx => tx.users.insert(userRow({ username: ada.username })));
    await expect(again()).rejects.toMatchObject({ code: 'username_unavailable' });
    await expect(again()).rejects.toMatchObject({ code: 'username_unavailable' });
    // Nor does it stay in the way of a real one.
    await addUser(db.store, { username: 'grace' });
    expect(await count()).toBe(2);
  });
});

describe('several reads together', () => {
  test('see one moment, whatever is written meanwhile', async () => {
    const other = await db.another();
    const ada = await addUser(db.store);
    await db.store.readTogether(async reads => {
      expect(await reads.lists.count(everybody)).toBe(1);
      await addUser(db.store, { username: 'grace' });
      await other.write(tx => tx.users.remove(ada.id));
      expect(await reads.lists.count(everybody)).toBe(1);
      expect((await reads.users.find(ada.id))?.username).toBe('ada');
    });
    expect(await db.store.read.users.find(ada.id)).toBeUndefined();
    expect(await count()).toBe(1);
  });

  test('give what they find, and what they throw', async () => {
    expect(await db.store.readTogether(reads => reads.lists.count(everybody))).toBe(0);
    const failing = db.store.readTogether(() => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await count()).toBe(0);
  });

  test('hold up neither other reads nor writes', async () => {
    const open = gate();
    const long = db.store.readTogether(async reads => {
      await reads.lists.count(everybody);
      await open.promise;
    });
    await addUser(db.store);
    expect(await count()).toBe(1);
    open.resolve();
    await long;
  });

  test('more at once than there are connections wait in line', async () => {
    const many = Array.from({ length: 20 }, () =>
      db.store.readTogether(reads => reads.lists.count(everybody)),
    );
    expect(await Promise.all(many)).toEqual(Array(20).fill(0));
  });
});
