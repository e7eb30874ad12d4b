import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { listen } from '../../src/http/listen.ts';
import { Refusal } from '../../src/refusal.ts';
import { expectNobodyThere, openServer, type TestHttp } from '../support/http.ts';

const needs = (t: TestHttp, server: { host?: string; port?: number }) => ({
  accounts: t.accounts,
  store: t.store,
  sealing: t.sealing,
  settings: {
    ...t.settings,
    host: '127.0.0.1',
    port: 0,
    allowedHosts: undefined,
    corsOrigins: undefined,
    trustedProxies: undefined,
    logLevel: 'silent' as const,
    ...server,
  },
});
const refusalOf = async (listening: Promise<unknown>) => {
  const error = await listening.catch((thrown: unknown) => thrown);
  return error instanceof Refusal ? [error.code, error.message] : error;
};

test('the address that it listens on is told', async () => {
  await using t = await openServer();
  const six = await listen(needs(t, { host: '::1' }));
  const named = await listen(needs(t, { host: 'localhost' }));
  expect(six.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
  expect(named.url).toMatch(/^http:\/\/localhost:\d+$/);
  for (const { url, close } of [six, named]) {
    expect((await fetch(`${url}/health`)).status).toBe(200);
    await close();
  }
});

test('a port in use is refused in one sentence', async () => {
  await using t = await openServer();
  const again = listen(needs(t, { port: t.port }));
  expect(await refusalOf(again)).toEqual([
    'port_in_use',
    `Port ${t.port} on 127.0.0.1 is in use. Stop what listens there, or choose another with --port`,
  ]);
});

test('an address that is not here is refused in one sentence', async () => {
  await using t = await openServer();
  expect(await refusalOf(listen(needs(t, { host: '192.0.2.1' })))).toEqual([
    'cannot_listen',
    'Cannot listen on 192.0.2.1 port 0: this machine does not have that address',
  ]);
});

test('closing lets a sign-in that runs finish, and takes no new connection', async () => {
  await using t = await openServer();
  let closed: Promise<void> | undefined;
  t.lane.meanwhile(async () => {
    closed = t.close();
    // It is still hashing: whoever comes now finds nobody.
    await expectNobodyThere(t.url);
  });
  const answer = await t.login('ada');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('connection')).toBe('close');
  const started = performance.now();
  await closed;
  expect(performance.now() - started).toBeLessThan(1000);
});

test('closing does not wait for idle clients', async () => {
  await using t = await openServer();
  const silent = await connected(t.port);
  await t.call('GET /health');
  const started = performance.now();
  await t.close();
  expect(performance.now() - started).toBeLessThan(1000);
  silent.destroy();
});

test('closing is done within 4 s though a client never finishes its request', async () => {
  await using t = await openServer();
  const slow = await connected(t.port);
  const type = 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 10';
  slow.write(`POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n${type}\r\n\r\nuser`);
  // "100 Continue": the server has begun with it.
  await once(slow, 'data');
  const started = performance.now();
  await t.close();
  const took = performance.now() - started;
  expect(took).toBeGreaterThan(1000);
  expect(took).toBeLessThan(4000);
  slow.destroy();
});

const connected = (port: number) =>
  new Promise<ReturnType<typeof connect>>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.on('error', reject);
    socket.on('close', () => {});
  });

test('before it stops listening, a server answers whoever asks, is not ready, and says that it hangs up', async () => {
  await using t = await openServer({ limits: { drainTime: 1000 } });
  const agent = new Agent({ keepAlive: true });
  const get = async (path: string) => {
    const asked = request(`${t.url}${path}`, { agent }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
    return [answer.statusCode, answer.headers.connection];
  };
  // The connection stays open, and is used for the next request.
  expect(await get('/readyz')).toEqual([200, 'keep-alive']);
  const closed = t.close();
  expect(await get('/readyz')).toEqual([503, 'close']);
  expect(await get('/health')).toEqual([200, 'close']);
  await closed;
  await expect(get('/health')).rejects.toThrow();
  agent.destroy();
});
