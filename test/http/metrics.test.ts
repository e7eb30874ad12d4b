import { describe, expect, test } from 'vitest';
import { createBcryptLane } from '../../src/accounts/bcrypt-lane.ts';
import { createCounter, prometheusText } from '../../src/http/prometheus.ts';
import { openServer, type TestServer } from '../support/http.ts';

const read = async (t: TestServer) => {
  const answer = await t.call('GET /metrics');
  expect(answer.status).toBe(200);
  return answer;
};
/** The lines of a family, without its name. */
const linesOf = (text: string, family: string): string[] =>
  text
    .split('\n')
    .filter(line => line.startsWith(`langinfra_${family}`))
    .map(line => line.slice(`langinfra_${family}`.length))
    .sort();

test('is Prometheus text, for anybody, where nothing has happened yet', async () => {
  await using t = await openServer();
  const { headers, text } = await read(t);
  expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(text).toBe(`\
# HELP langinfra_hashes_running Passwords that are being hashed.
# TYPE langinfra_hashes_running gauge
langinfra_hashes_running 0
# HELP langinfra_hashes_waiting Passwords that wait to be hashed.
# TYPE langinfra_hashes_waiting gauge
langinfra_hashes_waiting 0
# HELP langinfra_open_sessions Sessions that are open, of the console, too.
# TYPE langinfra_open_sessions gauge
langinfra_open_sessions 0
# HELP langinfra_browser_consoles Consoles that are open in a browser.
# TYPE langinfra_browser_consoles gauge
langinfra_browser_consoles 0
`);
});

test('is refused for a host name that is not ours, like everything', async () => {
  await using t = await openServer();
  const text = await t.raw('GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
  expect(text).toMatch(/^HTTP\/1\.1 400 /);
  expect(text).not.toContain('langinfra_');
});

describe('requests', () => {
  test('are counted by the template of their route, method and status', async () => {
    await using t = await openServer();
    await t.call('GET /api/v1/users/whoami');
    await t.call('GET /api/v1/users/whoami?x-api-key=sk-secret');
    await t.call('GET /api/v1/users', { as: 'root' });
    await t.call('GET /api/v1/users/', { as: 'root' });
    await t.call('HEAD /livez');
    await t.call(`DELETE /api/v1/users/${t.ids.bob}`, { as: 'root' });
    await t.call(`DELETE /api/v1/users/${t.ids.bob}`, { as: 'root' });
    await t.call('DELETE /api/v1/users/17', { as: 'root' });
    await read(t);
    expect(linesOf((await read(t)).text, 'http_requests_total')).toEqual([
      '{route="/api/v1/login",method="POST",status="200"} 1',
      '{route="/api/v1/users/",method="GET",status="200"} 2',
      '{route="/api/v1/users/:id",method="DELETE",status="200"} 1',
      '{route="/api/v1/users/:id",method="DELETE",status="404"} 1',
      '{route="/api/v1/users/:id",method="DELETE",status="422"} 1',
      '{route="/api/v1/users/whoami",method="GET",status="403"} 2',
      '{route="/livez",method="HEAD",status="200"} 1',
      '{route="/metrics",method="GET",status="200"} 1',
    ]);
  });

  test('for paths that are not there stand under one label', async () => {
    await using t = await openServer();
    for (let at = 0; at < 20; at += 1) await t.call(`GET /nope/${at}`);
    await t.call('GET /unknown');
    await t.call('GET /%zz');
    await t.call('PUT /api/v1/login');
    expect(linesOf((await read(t)).text, 'http_requests_total')).toEqual([
      '{route="unknown",method="GET",status="400"} 1',
      '{route="unknown",method="GET",status="404"} 21',
      '{route="unknown",method="PUT",status="405"} 1',
    ]);
  });

  test('are counted by each server for itself', async () => {
    await using t = await openServer();
    const other = await t.anotherServer();
    await t.call('GET /livez');
    expect(linesOf((await read(other)).text, 'http_requests_total')).toEqual([]);
  });
});

describe('sign-ins', () => {
  test('are counted by how they ended', async () => {
    await using t = await openServer();
    await t.add('eve', { isActive: false });
    await t.login('ada');
    await t.login('bob');
    await t.login('ada', 'wrong');
    await t.login('nobody at all');
    await t.login('eve');
    await t.accounts.signIn({ username: 'ada', password: 'correct horse', door: 'local' });
    // No sign-ins: the form says nothing, automatic sign-in is off.
    await t.call('POST /api/v1/login', { form: {} });
    await t.call('GET /api/v1/auto_login');
    expect(linesOf((await read(t)).text, 'sign_ins_total')).toEqual([
      '{outcome="bad_credentials"} 2',
      '{outcome="success"} 2',
      '{outcome="waiting_for_approval"} 1',
    ]);
  });

  test('that find too many waiting are counted, and one that fails inside', async () => {
    await using t = await openServer();
    const full = await t.anotherServer({ lane: createBcryptLane(0) });
    await full.login('ada');
    await t.rows('alter table session rename to hidden');
    await t.login('ada');
    expect(linesOf((await read(full)).text, 'sign_ins_total')).toEqual(['{outcome="too_busy"} 1']);
    expect(linesOf((await read(t)).text, 'sign_ins_total')).toEqual(['{outcome="error"} 1']);
  });

  test('without a password are counted, too', async () => {
    await using t = await openServer({ settings: { autoLogin: true } });
    await t.accounts.bootstrap.prepare(undefined);
    expect((await t.call('GET /api/v1/auto_login')).status).toBe(200);
    expect(linesOf((await read(t)).text, 'sign_ins_total')).toEqual(['{outcome="success"} 1']);
  });
});

test('hashes that run and that wait are told while they do', async () => {
  const lane = createBcryptLane(1);
  await using t = await openServer({ lane });
  // Long enough that the first is not done before it is asked about; closing the lane ends it.
  const asked = Array.from({ length: 3 }, () => lane.hash('x', 14));
  const ended = Promise.allSettled(asked);
  const { text } = await read(t);
  await lane.close();
  await ended;
  expect([linesOf(text, 'hashes_running'), linesOf(text, 'hashes_waiting')]).toEqual([[' 1'], [' 2']]);
});

describe('open sessions', () => {
  const count = async (t: TestServer) => linesOf((await read(t)).text, 'open_sessions');

  test('are those of every process that have neither ended nor expired', async () => {
    await using t = await openServer();
    const other = await t.anotherServer();
    await t.bearerOf('ada');
    await other.login('ada');
    await t.signIn('bob');
    expect([await count(t), await count(other)]).toEqual([[' 3'], [' 3']]);
    await t.call('POST /api/v1/logout', { as: 'ada' });
    expect([await count(t), await count(other)]).toEqual([[' 2'], [' 2']]);
    t.pass(t.settings.refreshTokenSeconds + 1);
    expect(await count(t)).toEqual([' 0']);
  });

  test('are counted once for all who ask at the same time', async () => {
    await using t = await openServer();
    await t.login('ada');
    const { promise: end, resolve } = Promise.withResolvers<void>();
    // One of the two connections that count is left.
    const taken = t.store.readAside(() => end);
    const texts = await Promise.all(Array.from({ length: 20 }, () => read(t)));
    resolve();
    await taken;
    for (const { text } of texts) expect(linesOf(text, 'open_sessions')).toEqual([' 1']);
  });

  test('are left out where they cannot be counted; the rest is told', async () => {
    await using t = await openServer();
    await t.login('ada');
    await t.rows('alter table session rename to hidden');
    const { text } = await read(t);
    expect(text).not.toContain('open_sessions');
    expect(linesOf(text, 'sign_ins_total')).toEqual(['{outcome="success"} 1']);
    expect(
      t
        .logged()
        .filter(({ level }) => level === 50)
        .map(({ msg }) => msg),
    ).toEqual(['the open sessions cannot be counted']);
  });
});

test('the longest delay of the event loop shows since the reading before', async () => {
  await using t = await openServer();
  await read(t);
  const blocked = async (): Promise<number> => {
    // The server lives in this thread.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    const lines = linesOf((await read(t)).text, 'event_loop_delay_seconds');
    return Number(lines.find(line => line.startsWith('{quantile="1"}'))?.split(' ')[1]);
  };
  await expect.poll(blocked, { timeout: 20_000 }).toBeGreaterThan(0.2);
  await expect
    .poll(async () =>
      linesOf((await read(t)).text, 'event_loop_delay_seconds').map(line => line.split(' ')[0]),
    )
    .toEqual(['{quantile="0.5"}', '{quantile="0.99"}', '{quantile="1"}']);
});

test('nobody’s name, id, token, key, password or path is in it', async () => {
  await using t = await openServer();
  const { body } = await t.login('ada');
  await t.login('mallory', 'open sesame');
  await t.call('GET /api/v1/users/?search=grace&x-api-key=sk-secret', { as: 'root' });
  await t.call(`PATCH /api/v1/users/${t.ids.ada}`, { as: 'root', json: { username: 'lovelace' } });
  await t.call('GET /secret-place');
  const { text } = await read(t);
  const ids = Object.values(t.ids).flatMap(id => [id, id.replaceAll('-', '')]);
  const secrets = [body.access_token, body.refresh_token, 'sk-secret', 'open sesame', 'secret-place', t.path];
  for (const secret of [...ids, ...secrets, 'ada', 'root', 'mallory', 'grace', 'lovelace']) {
    expect(text).not.toContain(secret);
  }
});

describe('the text format', () => {
  test('escapes what would end a label', () => {
    const samples = [{ labels: { path: 'a"b\\c\nd' }, value: 0.5 }];
    const text = prometheusText([{ name: 'x', type: 'gauge', help: 'Of a test.', samples }]);
    expect(text).toBe('# HELP x Of a test.\n# TYPE x gauge\nx{path="a\\"b\\\\c\\nd"} 0.5\n');
  });

  test('leaves out what has no samples', () => {
    expect(prometheusText([{ name: 'x', type: 'gauge', help: 'Of a test.', samples: [] }])).toBe('');
  });
});

test('a counter tells labels apart', () => {
  const counter = createCounter<{ a: string; b: string }>();
  counter.add({ a: '1', b: '' });
  counter.add({ a: '', b: '1' });
  counter.add({ a: '1', b: '' });
  expect(counter.samples()).toEqual([
    { labels: { a: '1', b: '' }, value: 2 },
    { labels: { a: '', b: '1' }, value: 1 },
  ]);
});
