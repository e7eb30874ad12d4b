import { once } from 'node:events';
import { copyFileSync, renameSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { open } from 'sqlite';
import sqlite3 from 'sqlite3';
import { describe, expect, test } from 'vitest';
import { expectAnswer, expectNobodyThere, openServer, type TestHttp } from '../support/http.ts';

test.each(['/health', '/livez', '/readyz'])('%s says ok to anybody', async path => {
  await using t = await openServer();
  const { status, body } = await t.call(`GET ${path}`);
  expect([status, body]).toEqual([200, { status: 'ok' }]);
});

test('health_check says ok for each part', async () => {
  await using t = await openServer();
  const { status, body } = await t.call('GET /health_check');
  expect([status, body]).toEqual([200, { status: 'ok', chat: 'ok', db: 'ok' }]);
});

test('health_check and readyz send nobody here whose database went over to another key', async () => {
  await using t = await openServer();
  await t.store.write(tx => tx.meta.set('secret_fingerprint', 'f'.repeat(64)));
  const { status, body } = await t.call('GET /health_check');
  expect([status, body]).toEqual([503, { status: 'nok', chat: 'ok', db: 'error' }]);
  expect((await t.call('GET /readyz')).status).toBe(503);
  expect((await t.call('GET /livez')).status).toBe(200);
});

/** What they answer where the database does not. */
const expectNoDatabase = async (t: TestHttp, because: RegExp): Promise<void> => {
  const [check, ready] = await Promise.all([t.call('GET /health_check'), t.call('GET /readyz')]);
  expect([check.status, check.body]).toEqual([503, { status: 'nok', chat: 'ok', db: 'error' }]);
  expectAnswer(ready, { status: 503, detail: 'The database does not answer now', hides: [t.path] });
  expect(ready.headers.get('retry-after')).toBe('5');
  expect((await t.call('GET /health')).status).toBe(200);
  expect((await t.call('GET /livez')).status).toBe(200);
  // Each of the two says once why.
  const errors = t.logged().filter(({ level }) => level === 50);
  expect(errors.map(({ msg }) => msg)).toEqual(Array(2).fill('the database does not answer'));
  for (const { err } of errors) expect(err.message).toMatch(because);
};

describe('health_check names the database, and readyz refuses', () => {
  test('where it is closed', async () => {
    await using t = await openServer();
    await t.store.close();
    await expectNoDatabase(t, /./);
  });

  test('where its file is gone, though whoever has it open still reads it', async () => {
    await using t = await openServer();
    rmSync(t.path);
    expect(await t.store.read.users.findByName('ada')).toBeDefined();
    await expectNoDatabase(t, /was moved, removed or replaced/);
  });

  test('where another file has its name, and what would be lost is refused', async () => {
    await using t = await openServer();
    const json = { username: 'lost', password: 'a good new password' };
    const bearer = await t.bearerOf('root');
    renameSync(t.path, `${t.path}.before`);
    copyFileSync(`${t.path}.before`, t.path);
    const headers = { authorization: `Bearer ${bearer}` };
    const refused = await t.call('POST /api/v1/users/', { headers, json });
    expectAnswer(refused, { status: 503, detail: 'The database does not answer now' });
    await expectNoDatabase(t, /was moved, removed or replaced/);
  });

  test('where nothing comes for two seconds, and no longer than that', async () => {
    await using t = await openServer();
    const { promise: end, resolve } = Promise.withResolvers<void>();
    // All connections that read are taken.
    const taken = Array.from({ length: 3 }, () => t.store.readTogether(() => end));
    try {
      await expectNoDatabase(t, /no answer within 2000 ms/);
    } finally {
      resolve();
      await Promise.all(taken);
    }
    expect((await t.call('GET /readyz')).status).toBe(200);
  });
});

test('readyz stays ready while another program holds the lock for writing: whoever reads is served', async () => {
  await using t = await openServer();
  const db = await open({ filename: t.path, driver: sqlite3.Database });
  await db.exec('begin exclusive');
  expect((await t.call('GET /readyz')).status).toBe(200);
  await db.exec('rollback');
  await db.close();
});

describe('while the server stops', () => {
  /** Sends the end of a request that had begun before the stop did, and gives its answer. */
  const askedWhileStopping = async (t: TestHttp, path: string): Promise<string> => {
    const socket = connect(t.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n`);
    const answer = text(socket);
    let closed: Promise<void> | undefined;
    t.lane.meanwhile(async () => {
      closed = t.close();
      // It has stopped to listen.
      await expectNobodyThere(t.url);
      socket.write('\r\n');
      await answer;
    });
    // This sign-in keeps it from being done.
    expect((await t.login('ada')).status).toBe(200);
    await closed;
    return answer;
  };

  test('readyz refuses, and the log has no error', async () => {
    await using t = await openServer();
    const answer = await askedWhileStopping(t, '/readyz');
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    expect(answer).toMatch(/\r\n\r\n\{"detail":"The server is stopping"\}$/);
    expect(t.logged().filter(({ level }) => level > 30)).toEqual([]);
  });

  test('livez says ok', async () => {
    await using t = await openServer();
    expect(await askedWhileStopping(t, '/livez')).toMatch(/^HTTP\/1\.1 200 .*\{"status":"ok"\}$/s);
  });
});
