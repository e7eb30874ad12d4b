import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { good, type Newcomer, newcomer, program, type Server } from '../support/program.ts';
import { eventually } from '../support/pty.ts';

/** Together a hundred, and a few commands beside them, one after the other in each of so many lines. */
const counts = { servers: 70, followers: 30, commands: 2 };
/** So many of the servers are asked to change something, too. One at a time writes, in all processes. */
const writing = 6;
/** So long all of them are there, in milliseconds. */
const minute = 60_000;
/** What a server is asked comes so often, in milliseconds: more than two cores can do would be another test. */
const pause = 1000;

const many = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

const readings = [
  ['users', 'list', '--limit', '20'],
  ['users', 'list', '--search', 'a', '--json'],
  ['users', 'show', 'root'],
  ['why', 'root'],
  ['audit', 'list', '--limit', '20'],
  ['sessions', 'list'],
];

/** A command that shows what happens, as it happens, until it is ended. */
const follow = (me: Newcomer): { child: ChildProcess; said: { stdout: string; stderr: string } } => {
  const [file = '', ...node] = program;
  const child = spawn(file, [...node, 'audit', 'list', '--follow'], { cwd: me.home, env: me.env });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', chunk => {
      said[name] += chunk;
    });
  return { child, said };
};

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
};

test('a hundred processes work on one database for a minute: none is told that it is busy, nothing is lost', {
  timeout: 900_000,
}, async () => {
  await using me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False' });
  await me.run(['superuser', '--username', 'root'], { input: good });
  const names = many(writing + counts.commands).map(at => `user-${at}-`);
  const file = me.file('users.csv', ['username', ...names.map(name => `${name}0`)].join('\n'));
  expect(await me.run(['users', 'import', file])).toMatchObject({ code: 0 });
  const rows = await me.rows<{ id: string; username: string }>('select id, username from user');
  const idOf = new Map(rows.map(({ id, username }) => [username, id]));

  const servers: Server[] = [];
  for (const _ of many(counts.servers / 5))
    servers.push(...(await Promise.all(many(5).map(() => me.serve()))));
  const bearer = (await servers[0]?.bearer('root')) ?? '';
  const followers = many(counts.followers).map(() => follow(me));
  await using _ended = {
    [Symbol.asyncDispose]: async () => void (await Promise.all(followers.map(({ child }) => end(child)))),
  };
  await eventually(() => expect(followers.filter(({ said }) => said.stdout === '')).toEqual([]), 120_000);

  let isOver = false;
  const failed: object[] = [];
  const run = async (args: string[]): Promise<void> => {
    const outcome = await me.run(args, { timeout: 120_000 });
    if (outcome.code !== 0) failed.push({ args, ...outcome });
  };
  const ask = async (server: Server, what: string, json?: object): Promise<void> => {
    const answer = await server.call(what, { bearer, json });
    if (answer.status !== 200) failed.push({ what, ...answer });
  };
  /** How often each user was renamed. */
  const renamed = new Map<string, number>();
  const rename = async (
    name: string | undefined,
    to: (old: string, next: string) => Promise<void>,
  ): Promise<void> => {
    for (let next = 1; name !== undefined && !isOver; next += 1) {
      await to(`${name}${next - 1}`, `${name}${next}`);
      renamed.set(name, next);
    }
  };
  const working = Promise.all([
    ...servers.map(async (server, at) => {
      const name = names[at];
      const changing = rename(at < writing ? name : undefined, async (_, next) => {
        await setTimeout(pause);
        await ask(server, `PATCH /api/v1/users/${idOf.get(`${name}0`)}`, { username: next });
      });
      while (!isOver) {
        await setTimeout(pause);
        await ask(server, `GET /api/v1/users/?search=user-${at % 10}&limit=5`);
      }
      await changing;
    }),
    ...names.slice(writing).map(name =>
      rename(name, async (old, next) => {
        await run(['users', 'edit', old, '--username', next]);
        await run(readings[(renamed.get(name) ?? 0) % readings.length] ?? []);
      }),
    ),
  ]);
  await setTimeout(minute);
  isOver = true;
  await working;

  expect(failed).toEqual([]);
  for (const server of servers) expect(server.said.stderr).not.toMatch(/"level":[56]0|busy|locked/);
  const after = await me.rows<{ username: string }>('select username from user order by username');
  expect(after.map(({ username }) => username)).toEqual(
    ['root', ...names.map(name => `${name}${renamed.get(name)}`)].sort(),
  );
  const total = [...renamed.values()].reduce((sum, times) => sum + times, 0);
  expect(await me.rows("select count(*) as changes from audit where event = 'user_changed'")).toEqual([
    { changes: total },
  ]);
  for (const { child, said } of followers) {
    const seen = () => said.stdout.split('\n').filter(line => line.includes('changed ')).length;
    await eventually(() => expect(seen()).toBe(total), 120_000);
    expect(child.exitCode).toBeNull();
    expect(said.stderr).toBe('');
  }
  await Promise.all(servers.map(server => server.kill()));
  expect(await me.run(['check'])).toMatchObject({ code: 0 });
  expect(await me.run(['audit', 'verify'])).toMatchObject({ code: 0 });
});
