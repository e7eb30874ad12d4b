import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { usual } from '../support/accounts.ts';
import { expectAnswer, openServer, said, type TestServer } from '../support/http.ts';

const tooMany = (seconds: number) =>
  `Too many failed sign-ins. Try again in ${seconds === 1 ? '1 second' : `${seconds} seconds`}`;
const fail = async (server: TestServer, times: number, username = 'ada') => {
  for (let at = 0; at < times; at += 1)
    expectAnswer(await server.login(username, 'wrong'), { status: 401, detail: said.badLogin });
};

/** Signs in from another address of this machine. */
const loginFrom = async (localAddress: string, port: number, headers: Record<string, string> = {}) => {
  const sent = request({
    host: '127.0.0.1',
    port,
    localAddress,
    method: 'POST',
    path: '/api/v1/login',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });
  sent.end(new URLSearchParams({ username: 'ada', password: usual }).toString());
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  await text(answer);
  return answer.statusCode;
};

describe('POST /api/v1/login after five failures', () => {
  test('is answered with 429, Retry-After and one sentence, whatever the password and whether the name exists', async () => {
    await using t = await openServer();
    for (const name of ['ada', 'nobody at all']) {
      await fail(t, 5, name);
      for (const password of ['wrong', usual]) {
        const answer = await t.login(name, password);
        expectAnswer(answer, { status: 429, detail: tooMany(1), hides: [name] });
        expect(answer.headers.get('retry-after')).toBe('1');
        expect(answer.setCookies).toEqual([]);
      }
    }
  });

  test('waits twice as long after each further one, and no more after a sign-in that went well', async () => {
    await using t = await openServer();
    await fail(t, 5);
    for (const seconds of [1, 2, 4]) {
      expect((await t.login('ada')).headers.get('retry-after')).toBe(String(seconds));
      t.pass(seconds);
      if (seconds < 4) await fail(t, 1);
    }
    expect((await t.login('ada')).status).toBe(200);
    await fail(t, 5);
  });

  test('is refused by every server on the database, also by one that starts later', async () => {
    await using t = await openServer();
    const other = await t.anotherServer();
    await fail(t, 3);
    await fail(other, 2);
    for (const server of [t, other, await t.anotherServer()])
      expectAnswer(await server.login('ada'), { status: 429, detail: tooMany(1) });
  });

  test('lets the account in from another address, and no header makes this one another', async () => {
    await using t = await openServer();
    await fail(t, 5);
    expect(await loginFrom('127.0.0.1', t.port, { 'x-forwarded-for': '192.0.2.1' })).toBe(429);
    expect(await loginFrom('127.0.0.1', t.port, { forwarded: 'for=192.0.2.1' })).toBe(429);
    expect(await loginFrom('127.0.0.2', t.port)).toBe(200);
    // That one has cleared its own delay only.
    expect(await loginFrom('127.0.0.1', t.port)).toBe(429);
  });

  test('behind a trusted proxy is about the client that the proxy names', async () => {
    await using t = await openServer({ server: { trustedProxies: ['127.0.0.1'] } });
    const login = (client: string, password: string) =>
      t.call('POST /api/v1/login', {
        form: { username: 'ada', password },
        headers: { 'x-forwarded-for': client },
      });
    for (let at = 0; at < 5; at += 1) expect((await login('192.0.2.1', 'wrong')).status).toBe(401);
    expect((await login('192.0.2.1', usual)).status).toBe(429);
    // What stands before the last address, the client wrote.
    expect((await login('192.0.2.9, 192.0.2.1', usual)).status).toBe(429);
    expect((await login('192.0.2.2', usual)).status).toBe(200);
    for (const end of ['1', '2', '3', '4', '5'])
      expect((await login(`2001:db8::${end}`, 'wrong')).status).toBe(401);
    expect((await login('2001:db8:0:0:ffff::6', usual)).status).toBe(429);
    expect((await login('2001:db8:0:1::1', usual)).status).toBe(200);
  });

  test('does not end what is signed in already', async () => {
    await using t = await openServer();
    await t.bearerOf('ada');
    await fail(t, 5);
    expect((await t.call('GET /api/v1/users/whoami', { as: 'ada' })).status).toBe(200);
  });
});

test('of 13 sign-ins at once with wrong passwords five are told so', async () => {
  await using t = await openServer();
  const answers = await Promise.all(Array.from({ length: 13 }, () => t.login('ada', 'wrong')));
  const count = (status: number) => answers.filter(answer => answer.status === status).length;
  expect([count(401), count(429)]).toEqual([5, 8]);
});

test('any number of sign-ins at once with the right password go in', async () => {
  await using t = await openServer();
  const answers = await Promise.all(Array.from({ length: 32 }, () => t.login('ada')));
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
});

test('20 failures in a minute lock the address out, for every account', async () => {
  await using t = await openServer();
  for (let at = 0; at < 20; at += 1) await fail(t, 1, `name-${at}`);
  expectAnswer(await t.login('bob'), { status: 429, detail: tooMany(60) });
  expect(await loginFrom('127.0.0.2', t.port)).toBe(200);
  t.pass(60);
  expect((await t.login('bob')).status).toBe(200);
});

test('a form that cannot be read is no failed sign-in', async () => {
  await using t = await openServer();
  for (let at = 0; at < 25; at += 1)
    expect((await t.call('POST /api/v1/login', { form: { username: 'ada' } })).status).toBe(422);
  expect((await t.login('ada')).status).toBe(200);
});

test('neither the log nor the metrics tell a name that was tried', async () => {
  await using t = await openServer();
  for (let at = 0; at < 7; at += 1) await t.login('my secret password', 'wrong');
  const { text: metrics } = await t.call('GET /metrics');
  expect(metrics).toContain('langinfra_sign_ins_total{outcome="too_many_attempts"} 2');
  for (const written of [metrics, t.log()]) expect(written).not.toContain('secret');
});
