import { Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import { createPool, dialectOn } from '../../src/store/engines/sqlite.ts';
import { temporaryStore } from '../support/store.ts';

/** Goes on for ever, unless it is interrupted. */
const endless = sql`with recursive n (x) as (select 1 union all select x + 1 from n) select count(*) from n`;

const opened = async () => {
  const db = await temporaryStore();
  const pool = createPool(db.path, 'counter');
  return {
    pool,
    on: (signal?: AbortSignal) => new Kysely<never>({ dialect: dialectOn(pool, signal) }),
    [Symbol.asyncDispose]: async () => {
      await pool.destroy();
      await db[Symbol.asyncDispose]();
    },
  };
};

test('a query ends when it is aborted, and its connection serves the next one', async () => {
  await using t = await opened();
  for (let round = 0; round < 5; round += 1) {
    const asking = new AbortController();
    const running = endless.execute(t.on(asking.signal));
    const other = new AbortController();
    const beside = endless.execute(t.on(other.signal));
    await sql`select 1`
      .execute(new Kysely({ dialect: dialectOn(createPool(':memory:', 'watcher')) }))
      .catch(() => {});
    asking.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    other.abort(new Error('not any more'));
    await expect(beside).rejects.toThrow('not any more');
  }
  expect(await sql`select 1 as one`.execute(t.on())).toMatchObject({ rows: [{ one: 1 }] });
});

test('one that waits for a connection is not begun once it was aborted', async () => {
  await using t = await opened();
  const busy = [new AbortController(), new AbortController()];
  const running = busy.map(({ signal }) => endless.execute(t.on(signal)).catch(() => 'ended'));
  const waiting = new AbortController();
  const late = endless.execute(t.on(waiting.signal));
  waiting.abort();
  for (const one of busy) one.abort();
  await expect(late).rejects.toMatchObject({ name: 'AbortError' });
  expect(await Promise.all(running)).toEqual(['ended', 'ended']);
});

test('a transaction that is aborted leaves nothing open', async () => {
  await using t = await opened();
  const asking = new AbortController();
  const reading = t
    .on(asking.signal)
    .transaction()
    .execute(async tx => {
      await sql`select 1`.execute(tx);
      asking.abort();
      return sql`select 2`.execute(tx);
    });
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  await t
    .on()
    .transaction()
    .execute(tx => sql`select 3`.execute(tx));
});
