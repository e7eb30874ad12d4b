import { readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { good, type Newcomer, newcomer } from '../support/program.ts';
import { eventually } from '../support/pty.ts';

/** Root (a superuser) and ada, and a backup of them. */
const withBackup = async (settings: Record<string, string> = {}) => {
  const me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False', ...settings });
  await me.run(['superuser', '--username', 'root'], { input: good });
  await me.add('ada');
  const backup = join(me.home, 'backup.db');
  expect(await me.run(['backup', backup])).toMatchObject({ code: 0 });
  return { me, backup, [Symbol.asyncDispose]: () => me[Symbol.asyncDispose]() };
};

const names = async (me: Newcomer): Promise<string[]> => {
  const { stdout } = await me.run(['users', 'list', '--json']);
  return JSON.parse(stdout).users.map(({ username }: { username: string }) => username);
};

describe.concurrent('langinfra backup', () => {
  test('writes one private file that says whose users it holds and what it opens with', async () => {
    await using me = newcomer();
    await me.run(['superuser', '--username', 'root'], { input: good });
    const outcome = await me.run(['backup', 'monday.db']);
    expect(outcome).toEqual({
      code: 0,
      stdout: `Backed up 1 users to ${me.home}/monday.db\n`,
      stderr: `Database: ${me.database}\nIts passwords open with the secret key only: ${me.configDir}/secret_key. Keep a copy of that, elsewhere\n`,
    });
    expect(statSync(join(me.home, 'monday.db')).mode & 0o777).toBe(0o600);
    expect(readdirSync(me.home).filter(name => name.startsWith('monday'))).toEqual(['monday.db']);
    // Neither a password nor the key is in it as it is.
    const bytes = readFileSync(join(me.home, 'monday.db'));
    expect(bytes.includes(good)).toBe(false);
    expect(bytes.includes('$2b$')).toBe(false);
    expect(bytes.includes(readFileSync(join(me.configDir, 'secret_key'), 'utf8').trim())).toBe(false);
  });

  test('is whole while a server goes on writing', async () => {
    await using t = await withBackup();
    const server = await t.me.serve();
    const bearer = await server.bearer('root');
    const id = (await server.call('GET /api/v1/users/whoami', { bearer })).body.id;
    let isOver = false;
    let changes = 0;
    const writing = (async () => {
      for (; !isOver; changes += 1)
        await server.call(`PATCH /api/v1/users/${id}`, { bearer, json: { profile_image: `${changes}` } });
    })();
    await eventually(() => expect(changes).toBeGreaterThan(3));
    const outcome = await t.me.run(['backup', '--overwrite', t.backup]);
    isOver = true;
    await writing;
    expect(outcome).toMatchObject({ code: 0, stdout: `Backed up 2 users to ${t.backup}\n` });
    expect(await t.me.run(['restore', t.backup, '--dry-run'])).toMatchObject({ code: 0 });
  });

  test.each([
    ['a file that is there', [], 3, 'exists. Choose another name, or add --overwrite'],
    ['a directory that is not there', ['none/backup.db'], 7, 'cannot be written: there is no such directory'],
  ])('refuses %s and leaves everything as it was', async (_, args, code, sentence) => {
    await using t = await withBackup();
    const before = t.me.everything();
    const outcome = await t.me.run(['backup', ...(args.length > 0 ? args : [t.backup])]);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toMatch(/^langinfra: [^\n]+\n$/);
    expect(outcome.stderr).toContain(sentence);
    expect(t.me.everything()).toEqual(before);
  });
});

describe.concurrent('langinfra restore', () => {
  test('brings back who was deleted, who can sign in then, and keeps what was there before', async () => {
    await using t = await withBackup();
    await t.me.run(['users', 'delete', 'ada', '--yes']);
    await t.me.add('carol');
    const outcome = await t.me.run(['restore', t.backup, '--yes']);
    expect(outcome).toMatchObject({ code: 0, stdout: `Restored the 2 users of ${t.backup}\n` });
    const [, kept = ''] = /What was there before is kept in (.*)\n/.exec(outcome.stderr) ?? [];
    expect(await names(t.me)).toEqual(['ada', 'root']);
    expect(await t.me.run(['check'])).toMatchObject({ code: 0 });
    const server = await t.me.serve();
    expect(await server.login('ada')).toMatchObject({ status: 200 });
    await server.kill();
    // What was kept is a backup too.
    expect(await t.me.run(['restore', kept, '--yes'])).toMatchObject({ code: 0 });
    expect(await names(t.me)).toEqual(['carol', 'root']);
  });

  test('is seen by a server that runs, which signs everybody out', async () => {
    await using t = await withBackup();
    const server = await t.me.serve();
    const bearer = await server.bearer('root');
    const whoami = () => server.call('GET /api/v1/users/whoami', { bearer });
    await t.me.run(['backup', '--overwrite', t.backup]);
    expect(await whoami()).toMatchObject({ status: 200 });
    await t.me.add('carol');
    // The backup holds this session; whoever was signed out since then must not be signed in again by it.
    expect(await t.me.run(['restore', t.backup, '--yes'])).toMatchObject({ code: 0 });
    await eventually(async () => expect((await whoami()).status).toBe(401), 1000);
    const list = await server.call('GET /api/v1/users/', { bearer: await server.bearer('root') });
    expect(list.body.users.map(({ username }: { username: string }) => username)).toEqual(['root', 'ada']);
  });

  test('asks on a terminal, and changes nothing where nobody says yes', async () => {
    await using t = await withBackup();
    await t.me.add('carol');
    await using asked = t.me.terminal(['restore', t.backup]);
    await asked.sees('Everybody is signed out. [y/N]');
    asked.type('n\r');
    expect(await asked.ended).toMatchObject({ code: 1 });
    expect(await names(t.me)).toEqual(['ada', 'carol', 'root']);
  });

  test('brings back a damaged database, and one that is gone', async () => {
    await using t = await withBackup();
    const whole = statSync(t.me.database).size;
    truncateSync(t.me.database, whole - 4096 * 5);
    const refused = await t.me.run(['users', 'list']);
    expect(refused).toMatchObject({ code: 7, stdout: '' });
    expect(refused.stderr).toContain('Bring a backup back with: langinfra restore FILE');
    expect(await t.me.run(['restore', t.backup, '--yes'])).toMatchObject({ code: 0 });
    expect(await names(t.me)).toEqual(['ada', 'root']);
    rmSync(t.me.database);
    expect(await t.me.run(['restore', t.backup, '--yes'])).toMatchObject({ code: 0 });
    expect(await names(t.me)).toEqual(['ada', 'root']);
    expect(statSync(t.me.database).mode & 0o777).toBe(0o600);
  });

  const refusals: [string, (t: { me: Newcomer; backup: string }) => string[], number, string, object?][] = [
    ['a file that is not there', ({ backup }) => [`${backup}.none`, '--yes'], 4, 'There is no file'],
    ['no backup', ({ me }) => [me.file('notes.txt', 'notes'), '--yes'], 7, 'is no backup of Langinfra'],
    [
      'a backup cut short',
      ({ backup }) => {
        truncateSync(backup, 4096 * 9);
        return [backup, '--yes'];
      },
      7,
      'is damaged or is no backup of Langinfra',
    ],
    ['nobody to ask', ({ backup }) => [backup], 2, 'Without a terminal nobody can be asked: add --yes'],
    [
      'a backup of another secret key',
      ({ backup }) => [backup, '--yes'],
      8,
      'The secret key does not match the database',
      { LANGINFRA_SECRET_KEY: 'another key that is long enough to be one' },
    ],
  ];
  test.each(refusals)(
    'refuses %s and leaves everything as it was',
    async (_, args, code, sentence, env = {}) => {
      await using t = await withBackup();
      const words = args(t);
      const before = t.me.everything();
      const outcome = await t.me.run(['restore', ...words], { env: env as NodeJS.ProcessEnv });
      expect(outcome).toMatchObject({ code, stdout: '' });
      expect(outcome.stderr).toMatch(/^langinfra: [^\n]+\n$/);
      expect(outcome.stderr).toContain(sentence);
      expect(t.me.everything()).toEqual(before);
    },
  );

  test('with --dry-run checks the backup and changes nothing', async () => {
    await using t = await withBackup();
    await t.me.run(['users', 'delete', 'ada', '--yes']);
    const before = t.me.everything();
    expect(await t.me.run(['restore', t.backup, '--dry-run'])).toEqual({
      code: 0,
      stdout: `Dry run: the 2 users of ${t.backup} can be restored\n`,
      stderr: `Dry run: ${t.me.database} was not changed\n`,
    });
    expect(t.me.everything()).toEqual(before);
  });
});

test('langinfra check says what is wrong, and ends with 7', async () => {
  await using t = await withBackup();
  await t.me.rows("update user set username_fold = 'else' where username = 'ada'");
  const sealed = await t.me.rows<{ password: string }>("select password from user where username = 'root'");
  await t.me.rows("update user set password = ? where username = 'ada'", sealed[0]?.password);
  const { code, stdout, stderr } = await t.me.run(['check']);
  expect(code).toBe(7);
  expect(stdout).toContain('Structure          ok');
  expect(stdout).toContain('Names              ada would not be found by name');
  expect(stdout).toContain('Passwords          ada has a password that does not open with this secret key');
  expect(stderr).toBe(
    `langinfra: ${t.me.database} is not as it should be. Bring a backup back with: langinfra restore FILE\n`,
  );
  const json = JSON.parse((await t.me.run(['check', '--json'])).stdout);
  expect(json).toMatchObject({
    ok: false,
    checks: expect.arrayContaining([{ name: 'References', ok: true, problems: [] }]),
  });
});

test('langinfra why says in order why somebody can or cannot sign in', async () => {
  await using t = await withBackup();
  await t.me.run(['users', 'add', 'bob', '--password-stdin'], { input: good });
  expect(await t.me.run(['why', 'BOB'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^bob cannot sign in: the account waits for approval since .* UTC\.\n$/),
    stderr: '',
  });
  expect(JSON.parse((await t.me.run(['why', 'ada', '--json'])).stdout)).toEqual({
    username: 'ada',
    reasons: ['ada can sign in with the right password: the account is active.'],
  });
  expect(await t.me.run(['why', 'nobody'])).toMatchObject({
    code: 4,
    stderr: 'langinfra: There is no user nobody\n',
  });
});
