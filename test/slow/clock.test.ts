import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { good, newcomer } from '../support/program.ts';
import { eventually } from '../support/pty.ts';

const preload = fileURLToPath(new URL('../support/shifted-clock.mjs', import.meta.url));
const hour = 3600;
const year = 365 * 24 * hour;

/** Root, and a clock that can be set for every process, also for one that runs. */
const withClock = async () => {
  const me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False' });
  const file = me.file('clock', '0');
  Object.assign(me.env, { NODE_OPTIONS: `--import=${preload}`, SHIFTED_CLOCK_FILE: file });
  await me.run(['superuser', '--username', 'root'], { input: good });
  return {
    me,
    set: (seconds: number) => writeFileSync(file, String(seconds)),
    [Symbol.asyncDispose]: () => me[Symbol.asyncDispose](),
  };
};

test('a clock that jumps ten years ahead and back locks nobody out, and keeps the audit whole', async () => {
  await using t = await withClock();
  const { me } = t;
  const server = await me.serve();
  const whoami = async (bearer: string) => (await server.call('GET /api/v1/users/whoami', { bearer })).status;
  const before = await server.bearer('root');
  expect(await whoami(before)).toBe(200);

  t.set(10 * year);
  expect(await whoami(before)).toBe(401);
  for (let time = 0; time < 5; time += 1) expect((await server.login('root', 'wrong')).status).toBe(401);
  expect((await server.login('root')).status).toBe(429);
  await me.add('ada');
  const ahead = await server.bearer('ada');
  expect(await whoami(ahead)).toBe(200);

  t.set(0);
  // Nobody waits for ten years, neither here nor at another process.
  expect((await server.login('root')).status).toBe(200);
  const other = await me.serve();
  expect((await other.login('root')).status).toBe(200);
  // What was handed out ahead lives on until then, unless somebody ends it.
  expect(await whoami(ahead)).toBe(200);
  expect(await me.run(['sessions', 'end', '--user', 'ada', '--yes'])).toMatchObject({ code: 0 });
  await eventually(async () => expect(await whoami(ahead)).toBe(401));
  expect(await me.run(['users', 'deactivate', 'ada'])).toMatchObject({ code: 0 });
  // The order of what happened is that of the rows, whatever their times say.
  const audit = await me.rows<{ event: string }>('select event from audit order by id');
  expect(audit.map(({ event }) => event).slice(-2)).toEqual(['session_ended', 'user_changed']);
  expect(await me.run(['audit', 'verify'])).toMatchObject({ code: 0 });
  expect(await me.run(['check'])).toMatchObject({ code: 0 });
});

test('a token lives no longer than its lifetime and the jump back together', async () => {
  await using t = await withClock();
  const server = await t.me.serve();
  const bearer = await server.bearer('root');
  const whoami = async () => (await server.call('GET /api/v1/users/whoami', { bearer })).status;
  t.set(-2 * hour);
  expect(await whoami()).toBe(200);
  // An hour of its own, counted from when it was given out.
  t.set(hour - 60);
  expect(await whoami()).toBe(200);
  t.set(hour + 1);
  expect(await whoami()).toBe(401);
});
