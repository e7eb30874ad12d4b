import { chmodSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Secret, TOTP } from 'otpauth';
import { describe, expect, test } from 'vitest';
import { argumentsOf, descendantsOf, environmentOf } from '../support/processes.ts';
import { good, type Newcomer, newcomer, type Outcome, program } from '../support/program.ts';
import { eventually, keys } from '../support/pty.ts';

/** Each is found wherever it is: nothing else is written like it. */
const planted = {
  password: 'planted-Pass-8be1c7d04f',
  wrong: 'planted-Wrong-61f0aa93ce',
  next: 'planted-New-27d9e40b18',
  reset: 'planted-Reset-c50e7713fa',
  secretKey: 'planted-Secret-Key-4f9c1d7be2a85063',
  nextKey: 'planted-Secret-Key-0d83b6a7715ce94f',
};

/** Which of them are in a text, by their names. */
const foundIn = (text: string, secrets: Record<string, string>): string[] =>
  Object.entries(secrets)
    .filter(([, secret]) => text.includes(secret))
    .map(([name]) => name);

const withRoot = async (): Promise<Newcomer> => {
  const me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False', LANGINFRA_LOG_LEVEL: 'trace' });
  me.env.LANGINFRA_SECRET_KEY_FILE = me.file('key', `${planted.secretKey}\n`);
  const made = await me.run(['superuser', '--username', 'root'], { input: planted.password });
  expect(made).toMatchObject({ code: 0 });
  return me;
};

/** Sets one-time codes up for a user at the console, and makes a sign-in code for another. Gives what was shown for both. */
const showCodes = async (me: Newcomer) => {
  await me.add('carol');
  await using ui = me.terminal(['run'], { columns: 80, rows: 24 });
  await ui.sees('Sign in');
  ui.type('carol', keys.enter, good, keys.enter);
  await ui.sees('Set up one-time codes');
  ui.type(keys.down, keys.enter);
  await ui.sees('Then type the code');
  const letters = [...ui.screen().matchAll(/ {2}((?:[A-Z2-7]{4} ?){4})$/gm)].map(([, half]) => half);
  const secret = letters.join('').replaceAll(' ', '');
  ui.type(TOTP.generate({ secret: Secret.fromBase32(secret) }), keys.enter);
  await ui.sees('Recovery Codes');
  const [recovery = ''] = ui.screen().match(/[a-z\d]{4}(-[a-z\d]{4}){2}/) ?? [];
  await me.add('dave');
  await using asked = me.terminal(['recover', 'dave']);
  await asked.sees('Type the username to go on:');
  asked.type('dave', keys.enter);
  expect(await asked.ended).toMatchObject({ code: 0 });
  const signIn = /Sign-in code: (\S+)/.exec(asked.screen())?.[1] ?? '';
  expect([secret.length, recovery.length, signIn.length].every(length => length > 10)).toBe(true);
  const plain = (code: string) => code.replaceAll('-', '');
  return {
    secret,
    recovery,
    plainRecovery: plain(recovery),
    signIn,
    plainSignIn: plain(signIn),
  };
};

/** Every door a secret goes in or out by is used; gives the server and what it gave out. */
const useEverything = async (me: Newcomer, command: readonly string[] = program) => {
  const server = await me.serve([], {}, command);
  const form = (password: string) => ({
    method: 'POST',
    body: new URLSearchParams({ username: 'root', password }),
  });
  const signedIn = await fetch(`${server.url}/api/v1/login`, form(planted.password));
  expect(signedIn.status).toBe(200);
  const tokens = (await signedIn.json()) as { access_token: string; refresh_token: string };
  const bearer = tokens.access_token;
  const cookie = `refresh_token_lf=${tokens.refresh_token}`;
  const refreshed = await fetch(`${server.url}/api/v1/refresh`, { method: 'POST', headers: { cookie } });
  expect(refreshed.status).toBe(200);
  const next = (await refreshed.json()) as typeof tokens;
  const key = await server.call('POST /api/v1/api_key/', { bearer, json: { name: 'planted' } });
  const asked = await fetch(`${server.url}/api/v1/users/whoami`, {
    headers: { 'x-api-key': key.body.api_key },
  });
  expect(asked.status).toBe(200);
  const json = { username: 'ada', password: planted.next, is_active: true };
  const added = await server.call('POST /api/v1/users/', { bearer, json });
  expect(added.status).toBe(201);
  const path = `PATCH /api/v1/users/${added.body.id}`;
  const said = [added, await server.call(path, { bearer, json: { password: planted.reset } })];
  expect(said[1]?.status).toBe(200);
  // Last, so that nothing that comes later takes its place.
  expect((await fetch(`${server.url}/api/v1/login`, form(planted.wrong))).status).toBe(401);
  const given = {
    access: bearer,
    refresh: tokens.refresh_token,
    nextAccess: next.access_token,
    nextRefresh: next.refresh_token,
    apiKey: key.body.api_key,
  };
  return { server, given, answers: JSON.stringify(said) };
};

/** What is on the heap of a process, after all garbage was collected, as V8 writes it down. */
const heapOf = async (me: Newcomer, pid: number): Promise<string> => {
  process.kill(pid, 'SIGUSR2');
  const file = () => readdirSync(me.home).find(name => name.endsWith('.heapsnapshot')) ?? '';
  const read = () => readFileSync(join(me.home, file()), 'utf8');
  // It is whole when it ends as JSON does.
  await eventually(() => expect(read().trimEnd().slice(-2)).toBe(']}'), 120_000);
  const heap = read();
  rmSync(join(me.home, file()));
  // So much is there in any case: that it is no other process, and that strings are in it.
  expect(heap).toContain(me.database);
  return heap;
};

const passwords = {
  password: planted.password,
  wrong: planted.wrong,
  next: planted.next,
  reset: planted.reset,
};

const [node = '', ...options] = program;
const withSnapshots = [node, '--heapsnapshot-signal=SIGUSR2', ...options];

describe('no secret', { timeout: 600_000 }, () => {
  test('is in a log at its most talkative, in what commands say, or in any document of theirs', async () => {
    await using me = await withRoot();
    const codes = await showCodes(me);
    const { server, given: tokens, answers } = await useEverything(me);
    const given = { ...tokens, ...codes };
    // Used where codes are taken: the recovery code once too often.
    for (const [username, totp] of [
      ['carol', codes.recovery],
      ['carol', codes.recovery],
      ['carol', codes.secret],
    ] as const)
      await server.call('POST /api/v1/login', { form: { username, password: good, totp } });
    await server.login('dave', codes.signIn);
    const said: string[] = [answers];
    const commands: { args: string[]; input?: string; code?: number }[] = [
      { args: ['config'] },
      { args: ['config', '--json'] },
      { args: ['users', 'list', '--all', '--json'] },
      { args: ['users', 'show', 'root', '--json'] },
      { args: ['users', 'add', 'eve', '--password-stdin', '--json'], input: planted.next },
      { args: ['users', 'passwd', 'eve', '--password-stdin', '--json'], input: planted.reset },
      { args: ['users', 'add', 'eve', '--password-stdin'], input: planted.next, code: 3 },
      { args: ['users', 'add', 'bob', '--password-stdin'], input: planted.next.repeat(4), code: 5 },
      { args: ['users', 'add', planted.next, '--password-stdin'], input: planted.next, code: 5 },
      { args: ['users', 'export'] },
      { args: ['users', 'export', '--format', 'json'] },
      { args: ['why', 'root', '--json'] },
      { args: ['users', 'show', 'carol', '--json'] },
      { args: ['why', 'carol', '--json'] },
      { args: ['why', 'dave', '--json'] },
      { args: ['sessions', 'list', '--json'] },
      { args: ['audit', 'list', '--json'] },
      { args: ['audit', 'export'] },
      { args: ['audit', 'export', '--head'] },
      { args: ['audit', 'verify', '--json'] },
      { args: ['check', '--json'] },
      { args: ['backup', join(me.home, 'backup.db'), '--json'] },
      { args: ['restore', join(me.home, 'backup.db'), '--dry-run', '--json'] },
      { args: ['secret', 'rotate', '--yes', '--json', '--new-key-stdin'], input: planted.nextKey },
    ];
    for (const { args, input = '', code = 0 } of commands) {
      const outcome: Outcome = await me.run(args, { input });
      expect(outcome, args.join(' ')).toMatchObject({ code });
      // A name that is typed is repeated, whatever it is.
      if (args[2] !== planted.next) said.push(outcome.stdout, outcome.stderr);
    }
    server.signal('SIGTERM');
    await server.ended;
    said.push(server.said.stdout, server.said.stderr);
    expect(server.said.stderr).toContain('/api/v1/login');
    expect(foundIn(said.join('\n'), { ...planted, ...given })).toEqual([]);
    expect(said.join('\n')).not.toMatch(/\$2[aby]\$\d\d\$/);
    // Nor in the clear in what is kept.
    for (const name of ['backup.db', ...readdirSync(me.configDir).map(each => join(me.configDir, each))])
      expect(
        foundIn(readFileSync(join(name.startsWith('/') ? '' : me.home, name), 'latin1'), {
          ...planted,
          ...given,
        }),
        name,
      ).toEqual([]);
  });

  test('is in the arguments or the environment of a process that is started', async () => {
    await using me = newcomer({
      LANGINFRA_AUTO_LOGIN: 'False',
      LANGINFRA_SECRET_KEY: planted.secretKey,
      LANGINFRA_SUPERUSER: 'root',
      LANGINFRA_SUPERUSER_PASSWORD: planted.password,
    });
    // It stays until it was looked at, and writes down what it was given.
    const script = me.file('bin/systemd-notify', '#!/bin/sh\nenv >> "$0.env"\necho "$@" >> "$0.env"\n');
    chmodSync(script, 0o700);
    Object.assign(me.env, {
      PATH: `${join(me.home, 'bin')}:${me.env.PATH}`,
      NOTIFY_SOCKET: '/nowhere',
    });
    const server = await me.serve();
    expect((await server.login('root', planted.password)).status).toBe(200);
    await eventually(() => expect(readFileSync(`${script}.env`, 'utf8')).toContain('READY=1'));
    expect(foundIn(argumentsOf(server.pid).join('\n'), planted)).toEqual([]);
    for (const pid of descendantsOf(server.pid))
      expect(foundIn([...argumentsOf(pid), ...environmentOf(pid)].join('\n'), planted)).toEqual([]);
    server.signal('SIGTERM');
    await server.ended;
    expect(readFileSync(`${script}.env`, 'utf8')).toContain('STOPPING=1');
    expect(foundIn(readFileSync(`${script}.env`, 'utf8'), planted)).toEqual([]);
  });

  test('is left of a password on the heap of a server once its request was answered', async () => {
    await using me = await withRoot();
    const { server } = await useEverything(me, withSnapshots);
    expect(foundIn(await heapOf(me, server.pid), passwords)).toEqual([]);
  });

  test('is left of a password on the heap of a console once it has signed in', async () => {
    await using me = await withRoot();
    await using ui = me.terminal([], { command: withSnapshots });
    await ui.sees('Sign in');
    ui.type('root', keys.enter, planted.wrong, keys.enter);
    await ui.sees('Incorrect username or password');
    ui.type(planted.password, keys.enter);
    await ui.sees('Admin Page');
    ui.type('n', 'ada', keys.tab, planted.next, keys.tab, planted.next, keys.ctrl('s'));
    await ui.sees('ada was added');
    expect(foundIn(ui.bytes(), planted)).toEqual([]);
    expect(foundIn(await heapOf(me, ui.pid), passwords)).toEqual([]);
  });
});
