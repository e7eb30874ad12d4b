import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newcomer } from '../support/program.ts';
import { keys } from '../support/pty.ts';

type Row = { name: string; value: string | null; source: string; overrode: string[]; note: string | null };
const rowOf = (stdout: string, name: string): Row | undefined =>
  JSON.parse(stdout).settings.find((row: Row) => row.name === `LANGINFRA_${name}`);
const lineOf = (stdout: string, name: string): string =>
  stdout.split('\n').find(line => line.startsWith(`LANGINFRA_${name} `)) ?? '';

describe.concurrent('langinfra config', () => {
  test('shows every setting with its default, and makes nothing', async () => {
    await using me = newcomer();
    const { code, stdout, stderr } = await me.run(['config']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toHaveLength(23);
    expect(lineOf(stdout, 'AUTO_LOGIN')).toMatch(/^LANGINFRA_AUTO_LOGIN +True +default$/);
    expect(lineOf(stdout, 'SUPERUSER')).toMatch(/^LANGINFRA_SUPERUSER +- +default$/);
    expect(lineOf(stdout, 'CONFIG_DIR')).toContain(me.configDir);
    expect(lineOf(stdout, 'DATABASE_URL')).toContain(`sqlite:///${me.database}`);
    expect(me.everything()).toEqual({});
  });

  test('names the source of a value and what it overrode: env file over environment over default', async () => {
    await using me = newcomer({ LANGINFRA_PORT: '8001', LANGINFRA_LOG_LEVEL: 'warn' });
    const file = me.file('my.env', '# mine\nLANGINFRA_PORT=8002\nLANGINFRA_AUTO_LOGIN=no\n');
    const { stdout } = await me.run(['config', '--json', '--env-file', 'my.env']);
    expect(rowOf(stdout, 'PORT')).toEqual({
      name: 'LANGINFRA_PORT',
      value: '8002',
      source: `${file}:2`,
      overrode: ['the environment'],
      note: null,
    });
    expect(rowOf(stdout, 'AUTO_LOGIN')).toMatchObject({ value: 'False', source: `${file}:3`, overrode: [] });
    expect(rowOf(stdout, 'LOG_LEVEL')).toMatchObject({ value: 'warn', source: 'the environment' });
    expect(rowOf(stdout, 'HOST')).toMatchObject({ value: '127.0.0.1', source: 'default' });

    const table = await me.run(['config', '--env-file', 'my.env']);
    expect(lineOf(table.stdout, 'PORT')).toMatch(/ 8002 .*my\.env:2, overriding the environment$/);
  });

  test('reads the file that LANGINFRA_ENV_FILE names, and no .env that nobody names', async () => {
    await using me = newcomer();
    me.file('.env', 'LANGINFRA_PORT=8003\n');
    expect(rowOf((await me.run(['config', '--json'])).stdout, 'PORT')?.value).toBe('7861');
    const named = await me.run(['config', '--json'], { env: { LANGINFRA_ENV_FILE: '.env' } });
    expect(rowOf(named.stdout, 'PORT')?.value).toBe('8003');
  });

  test('masks secrets, however they are given', async () => {
    await using me = newcomer({
      LANGINFRA_AUTO_LOGIN: 'False',
      LANGINFRA_SUPERUSER: 'admin',
      LANGINFRA_SUPERUSER_PASSWORD: 'hunter22 hunter22',
    });
    const file = me.file('key', 'correct horse battery staple and more\n');
    for (const flags of [[], ['--json']]) {
      const env = { LANGINFRA_SECRET_KEY_FILE: 'key' };
      const { code, stdout, stderr } = await me.run(['config', ...flags], { env });
      expect(code).toBe(0);
      expect(stdout + stderr).not.toMatch(/hunter22|horse/);
      expect(stdout.match(/\*{8}(?!\*)/g)).toHaveLength(2);
      expect(stdout).toContain(`${file}, named by the environment`);
    }
  });

  test('says what has no effect, and what the combination leads to', async () => {
    await using me = newcomer({
      LANGINFRA_SUPERUSER: 'admin',
      LANGINFRA_SUPERUSER_PASSWORD: 'hunter22 hunter22',
      LANGINFRA_HOST: '0.0.0.0',
    });
    const { stdout } = await me.run(['config', '--json']);
    expect(rowOf(stdout, 'SUPERUSER')?.note).toBe('no effect while LANGINFRA_AUTO_LOGIN is True');
    expect(rowOf(stdout, 'SUPERUSER_PASSWORD')?.note).toBe('no effect while LANGINFRA_AUTO_LOGIN is True');
    expect(rowOf(stdout, 'AUTO_LOGIN')?.note).toBe(
      'run --headless refuses to start: 0.0.0.0 can be reached from other machines',
    );
    const off = await me.run(['config', '--json'], { env: { LANGINFRA_AUTO_LOGIN: 'False' } });
    for (const name of ['SUPERUSER', 'SUPERUSER_PASSWORD', 'AUTO_LOGIN'])
      expect(rowOf(off.stdout, name)?.note).toBeNull();
  });

  test('says where a session ends before its console could lock', async () => {
    await using me = newcomer();
    const note = async (env = {}) =>
      rowOf((await me.run(['config', '--json'], { env })).stdout, 'SESSION_IDLE_SECONDS')?.note;
    expect(await note()).toBeNull();
    expect(await note({ LANGINFRA_SESSION_MAX_SECONDS: '0' })).toBeNull();
    expect(await note({ LANGINFRA_SESSION_MAX_SECONDS: '900' })).toBe(
      'no effect: a session ends before, by LANGINFRA_SESSION_MAX_SECONDS',
    );
  });

  test('says where whoever signs up can sign in at once', async () => {
    await using me = newcomer({ LANGINFRA_ENABLE_SIGNUP: 'True' });
    const note = async (env = {}) =>
      rowOf((await me.run(['config', '--json'], { env })).stdout, 'ENABLE_SIGNUP')?.note;
    expect(await note()).toBeNull();
    expect(await note({ LANGINFRA_NEW_USER_IS_ACTIVE: 'True' })).toBe(
      'whoever signs up can sign in at once: LANGINFRA_NEW_USER_IS_ACTIVE is True',
    );
  });

  test.each([
    ['a superuser that cannot be', { LANGINFRA_SUPERUSER: 'langinfra' }, 'LANGINFRA_SUPERUSER'],
    [
      'a password that cannot be',
      { LANGINFRA_SUPERUSER_PASSWORD: 'x'.repeat(73) },
      'LANGINFRA_SUPERUSER_PASSWORD',
    ],
  ])('refuses what no start would take: %s', async (_what, env, name) => {
    await using me = newcomer({
      LANGINFRA_SUPERUSER: 'admin',
      LANGINFRA_SUPERUSER_PASSWORD: 'hunter22 hunter22',
    });
    const { code, stdout, stderr } = await me.run(['config'], { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^langinfra: ${name} \\(the environment\\) cannot be used: `));
  });

  test('warns on stderr of public and short secrets, open files and names of the Python Langinfra', async () => {
    await using me = newcomer();
    const file = me.file(
      'my.env',
      'LANGINFRA_SECRET_KEY=randomly_generated_secure_key\nLANGINFRA_WORKERS=4\n',
      0o644,
    );
    const { code, stdout, stderr } = await me.run(['config', '--env-file', 'my.env']);
    expect(code).toBe(0);
    expect(stdout).not.toContain('warning');
    expect(stderr.trimEnd().split('\n')).toEqual([
      `langinfra: warning: LANGINFRA_WORKERS (${file}:2) is a setting of the Python Langinfra: no effect here`,
      `langinfra: warning: Others can read ${file}. Mend it with: chmod 600 ${file}`,
      `langinfra: warning: LANGINFRA_SECRET_KEY (${file}:1) is the example of the documentation, which everybody knows. Choose another`,
    ]);
    const short = await me.run(['config'], { env: { LANGINFRA_SECRET_KEY: 'short' } });
    expect(short.stderr).toContain('has fewer than 32 characters');
    expect(short.stderr).not.toContain('short)');
  });

  test('shows values that would act on a terminal as text', async () => {
    await using me = newcomer({ LANGINFRA_CONFIG_DIR: '/tmp/\x1b[2Jdir' });
    const { stdout } = await me.run(['config']);
    expect(stdout).toContain('/tmp/·[2Jdir');
    expect(stdout).not.toMatch(/[^\P{C}\n]/u);
  });
});

test('a command that the console shows names the database that only its environment names', async () => {
  await using me = newcomer({ LANGINFRA_AUTO_LOGIN: 'True', LANGINFRA_CONFIG_DIR: 'here' });
  await using ui = me.terminal(['run']);
  await ui.sees('Admin Page', '› langinfra');
  ui.type(keys.enter, 'c');
  await ui.sees('In a shell this does the same:', `LANGINFRA_CONFIG_DIR=${join(me.home, 'here')}`);
});
