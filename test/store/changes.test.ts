import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { newId } from '../../src/store/values.ts';
import { addUser, otherProcess, temporaryStore } from '../support/store.ts';

let db: Awaited<ReturnType<typeof temporaryStore>>;
beforeEach(async () => {
  db = await temporaryStore();
});
afterEach(() => db[Symbol.asyncDispose]());

/** Listens, and waits until the database is watched: what came before is no news then. */
const listening = async () => {
  const heard = vi.fn();
  const stop = db.store.onChange(heard);
  const other = await db.another();
  // Written until it is heard, so that no write can fall into the moment before the first look. Always another
  // value: writing the same one again changes nothing for SQLite.
  await vi.waitFor(async () => {
    await other.write(tx => tx.meta.set('env_file', newId()));
    expect(heard).toHaveBeenCalled();
  }, 5_000);
  return { heard, stop, other };
};

test('one who listens hears of a write of the same process as soon as it is kept', async () => {
  const heard = vi.fn();
  db.store.onChange(heard);
  await db.store.write(async tx => {
    await tx.meta.set('env_file', 'a');
    expect(heard).not.toHaveBeenCalled();
  });
  expect(heard).toHaveBeenCalled();
});

test('and of one of another process within a second, and then reads what it wrote', async () => {
  const child = otherProcess('add', db.url, 'grace');
  await child.ready;
  const { heard } = await listening();
  heard.mockClear();
  const seen = new Promise<number>(resolve => heard.mockImplementation(() => resolve(Date.now())));
  child.go();
  await expect
    .poll(() => db.store.read.users.findByName('grace'), { interval: 5, timeout: 5_000 })
    .toBeDefined();
  const written = Date.now();
  expect((await seen) - written).toBeLessThan(1_000);
  await child.done;
});

test('everybody who listens hears it, whoever has stopped does not', async () => {
  const { heard, stop, other } = await listening();
  const still = vi.fn();
  db.store.onChange(still);
  stop();
  heard.mockClear();
  still.mockClear();

  await addUser(db.store);
  expect(still).toHaveBeenCalledTimes(1);
  still.mockClear();
  await other.write(tx => tx.meta.set('env_file', 'b'));
  await vi.waitFor(() => expect(still).toHaveBeenCalled(), 1_000);
  expect(heard).not.toHaveBeenCalled();
});

test('one who listens again after everybody had stopped hears again', async () => {
  const first = await listening();
  first.stop();
  const second = await listening();
  expect(second.heard).toHaveBeenCalled();
});

test('a write that is taken back is no change', async () => {
  const { heard } = await listening();
  const rehearsing = await db.another({ create: false, rehearsal: true });
  const rehearsed = vi.fn();
  rehearsing.onChange(rehearsed);
  heard.mockClear();
  const failed = db.store.write(async tx => {
    await tx.meta.set('env_file', 'c');
    throw new Error('no');
  });
  await expect(failed).rejects.toThrow('no');
  await rehearsing.write(tx => tx.meta.set('env_file', 'd'));
  expect(heard).not.toHaveBeenCalled();
  expect(rehearsed).not.toHaveBeenCalled();
});
