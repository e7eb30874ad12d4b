import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { good, type Newcomer, newcomer, program } from '../support/program.ts';

const writer = fileURLToPath(new URL('fixtures/confirmed-writes.ts', import.meta.url));
const states = ['added', 'active', 'renamed', 'deleted'];

/** Lets the writer do so many writes, and kills it at the moment it confirms the one that is named. */
const writeUntilKilled = async (
  me: Newcomer,
  round: number,
  killAt: number,
): Promise<Map<string, string>> => {
  const child = spawn(process.execPath, [writer, me.configDir, String(round), '1000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const confirmed = new Map<string, string>();
  let lines = 0;
  for await (const line of createInterface(child.stdout)) {
    const [name = '', state = ''] = line.split(' ');
    confirmed.set(name, state);
    lines += 1;
    if (lines !== killAt) continue;
    // It is in the middle of one of the next: nobody knows where.
    await setTimeout(Math.random() * 10);
    child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect(lines).toBeGreaterThanOrEqual(Math.min(killAt, 1000));
  return confirmed;
};

const isSound = async (me: Newcomer): Promise<void> => {
  expect(await me.rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  expect(await me.rows('pragma foreign_key_check')).toEqual([]);
  // Each user came with its folder in one transaction, and went with it.
  const alone = 'select id from user where id not in (select user_id from folder)';
  const orphaned = 'select id from folder where user_id not in (select id from user)';
  expect([...(await me.rows(alone)), ...(await me.rows(orphaned))]).toEqual([]);
};

/** What was confirmed of a user is so, or one step further: the write in which the program was killed. */
const isKept = (rows: Map<string, { is_active: number }>, name: string, state: string): void => {
  const renamed = rows.get(`${name}-renamed`);
  const now = renamed
    ? 'renamed'
    : !rows.has(name)
      ? 'deleted'
      : rows.get(name)?.is_active
        ? 'active'
        : 'added';
  const step = states.indexOf(state);
  expect([states[step], states[step + 1] ?? 'deleted'], `${name}, confirmed as ${state}`).toContain(now);
};

test('every write that was confirmed is there after kill -9 in the middle, seven times', async () => {
  await using me = newcomer();
  await me.run(['superuser', '--username', 'root'], { input: good });
  // The last one is not killed: all of its thousand writes are confirmed.
  const killAts = [
    1,
    ...Array.from({ length: 5 }, () => 2 + Math.floor(Math.random() * 900)),
    Number.POSITIVE_INFINITY,
  ];
  const confirmed = new Map<string, string>();
  for (const [round, killAt] of killAts.entries()) {
    for (const [name, state] of await writeUntilKilled(me, round, killAt)) confirmed.set(name, state);
    await isSound(me);
    const users = await me.rows<{ username: string; is_active: number }>(
      'select username, is_active from user',
    );
    const rows = new Map(users.map(user => [user.username, user]));
    for (const [name, state] of confirmed) isKept(rows, name, state);
    expect(rows.has('root')).toBe(true);
  }
  expect([...confirmed.values()].filter(state => state === 'deleted').length).toBeGreaterThanOrEqual(250);

  const server = await me.serve([], { LANGINFRA_AUTO_LOGIN: 'False' });
  expect((await server.login('root')).status).toBe(200);
  expect(await me.run(['users', 'list', '--all'])).toMatchObject({ code: 0 });
});

test('a start that was killed at any moment is made good by the next one', async () => {
  for (let times = 0; times < 25; times += 1) {
    await using me = newcomer({
      LANGINFRA_AUTO_LOGIN: 'False',
      LANGINFRA_SUPERUSER: 'root',
      LANGINFRA_SUPERUSER_PASSWORD: good,
    });
    const [file = '', ...args] = program;
    const first = spawn(file, [...args, 'run', '--headless', '--port', '1'], {
      cwd: me.home,
      env: me.env,
      stdio: 'ignore',
    });
    // Its database is made and migrated 60 to 160 ms after its start on a fast machine.
    await setTimeout(40 + times * 8);
    first.kill('SIGKILL');
    await once(first, 'exit');
    const server = await me.serve();
    expect((await server.login('root')).status).toBe(200);
    await isSound(me);
    await server.kill();
    const kept = Object.keys(me.everything()).filter(name => name.includes('secret_key'));
    expect(kept.filter(name => !name.endsWith('.new'))).toEqual(['.local/share/langinfra/secret_key']);
  }
});

test('a rotation of the secret key that was killed at any moment locks nobody out', async () => {
  await using me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False' });
  await me.run(['superuser', '--username', 'root'], { input: good });
  const [file = '', ...args] = program;
  const keyOf = async () =>
    JSON.stringify(await me.rows("select value from meta where key = 'secret_fingerprint'"));
  const seen = new Set<string>();
  for (let times = 0; times < 25; times += 1) {
    const rotation = spawn(file, [...args, 'secret', 'rotate', '--yes'], {
      cwd: me.home,
      env: me.env,
      stdio: 'ignore',
    });
    // It writes 100 to 300 ms after its start on a fast machine; a busy one is given longer.
    await setTimeout(80 + times * 20);
    rotation.kill('SIGKILL');
    if (rotation.exitCode === null && rotation.signalCode === null) await once(rotation, 'exit');
    expect(await me.run(['check']), `killed after ${80 + times * 20} ms`).toMatchObject({ code: 0 });
    seen.add(await keyOf());
    const beside = Object.keys(me.everything()).filter(name => /secret_key\.new$/.test(name));
    // One that is left is of a rotation that did not happen: the next one writes over it.
    expect(beside.length).toBeLessThanOrEqual(1);
  }
  expect(seen.size).toBeGreaterThan(1);
  const server = await me.serve();
  expect((await server.login('root')).status).toBe(200);
  expect(await me.run(['audit', 'verify'])).toMatchObject({ code: 0 });
});
