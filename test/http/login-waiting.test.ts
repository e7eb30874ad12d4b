import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { type BcryptLane, createBcryptLane } from '../../src/accounts/bcrypt-lane.ts';
import { usual } from '../support/accounts.ts';
import { expectAnswer, openServer } from '../support/http.ts';

/** A server with one thread, before which so many wait to sign in; whoever was served comes again. */
const crowded = async (waiting: number) => {
  const lane = createBcryptLane(1);
  const t = await openServer({ lane });
  await t.bearerOf('ada');
  const hash = `$2b$10$${'a'.repeat(53)}`;
  const again = (): Promise<unknown> =>
    lane.compare('x', hash, [], { line: 'strangers' }).then(again, () => undefined);
  const crowd = Array.from({ length: waiting + 1 }, again);
  return {
    t,
    lane,
    [Symbol.asyncDispose]: async () => {
      await lane.close();
      await Promise.all(crowd);
      await t[Symbol.asyncDispose]();
    },
  };
};

const whileTheyWait = (lane: BcryptLane, count: number) => expect.poll(() => lane.load().waiting).toBe(count);

test('past the bound a sign-in is refused at once, and everything else is answered', async () => {
  await using it = await crowded(128);
  const { t } = it;
  const refused = await t.login('bob');
  expectAnswer(refused, { status: 503, detail: 'Too many sign-ins are waiting. Try again in a few seconds' });
  expect(refused.headers.get('retry-after')).toBe('5');
  expect(refused.setCookies).toEqual([]);
  expect((await t.call('GET /api/v1/users/whoami', { as: 'ada' })).status).toBe(200);
  expect((await t.call('GET /health_check')).status).toBe(200);
  expect((await t.call('GET /metrics')).text).toContain('langinfra_hashes_waiting 128');
});

test('a sign-in at the console does not stand behind those over HTTP, and is not refused', async () => {
  await using it = await crowded(128);
  expect((await it.t.signIn('ada')).user.username).toBe('ada');
});

test('a client that hangs up while it waits gives its place away, and nobody is signed in', async () => {
  await using it = await crowded(100);
  const { t, lane } = it;
  const before = await t.rows('select id from session');
  const body = String(new URLSearchParams({ username: 'bob', password: usual }));
  const socket = connect(t.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    `POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  await whileTheyWait(lane, 101);
  socket.destroy();
  await whileTheyWait(lane, 100);
  expect((await t.call('GET /metrics')).text).toContain('langinfra_sign_ins_total{outcome="hung_up"} 1');
  expect(t.logged().filter(({ level }) => level > 30)).toEqual([]);
  expect(await t.rows('select id from session')).toEqual(before);
});

test('when the server stops, those who wait are told so at once', async () => {
  await using it = await crowded(100);
  const { t, lane } = it;
  const asked = [t.login('ada'), t.login('bob')];
  await whileTheyWait(lane, 102);
  const closed = t.close();
  for (const answer of await Promise.all(asked)) {
    expectAnswer(answer, { status: 503, detail: 'The server is stopping' });
    expect(answer.headers.get('retry-after')).toBe('5');
  }
  await closed;
  // The crowd, which asks the lane without a server, is still there.
  expect(lane.load()).toEqual({ running: 1, waiting: 100 });
});
