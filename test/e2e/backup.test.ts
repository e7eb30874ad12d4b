import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { good, type Newcomer, newcomer, rowsOf } from '../support/program.ts';
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

const pipeIn = (me: Newcomer): string => {
  const path = join(me.home, 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
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
      stdout: `Backed up 1 user to ${me.home}/monday.db\n`,
      stderr: `Database: ${me.database}\nIts passwords open with the secret key only: ${me.configDir}/secret_key. Keep a copy of that, elsewhere\n`,
    });
    expect(await me.run(['restore', 'monday.db', '--dry-run'])).toMatchObject({
      code: 0,
      stdout: `Dry run: the 1 user of ${me.home}/monday.db can be restored\n`,
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

describe.concurrent('what is no file is not replaced', () => {
  const others: [string, (me: Newcomer) => string, string][] = [
    ['a pipe', me => pipeIn(me), 'it is a pipe, not a file'],
    [
      'a link to one',
      me => {
        symlinkSync(pipeIn(me), join(me.home, 'link'));
        return join(me.home, 'link');
      },
      'it is a pipe, not a file',
    ],
    ['a directory', me => me.home, 'it is a directory, not a file'],
  ];
  test.each(others)('%s', async (_, place, reason) => {
    await using t = await withBackup();
    const path = place(t.me);
    const before = lstatSync(path);
    for (const command of [['backup'], ['users', 'export']])
      for (const flags of [[], ['--overwrite']])
        expect(await t.me.run([...command, ...flags, path])).toEqual({
          code: 7,
          stdout: '',
          stderr: `langinfra: The file ${path} cannot be written: ${reason}\n`,
        });
    expect(lstatSync(path)).toMatchObject({ ino: before.ino, mode: before.mode });
  });
});

describe.concurrent('what Langinfra lives on is not overwritten', () => {
  const places: [string, (me: Newcomer) => string, string][] = [
    ['the database', me => me.database, 'is the database, and stays'],
    ['its WAL, which is not there now', me => `${me.database}-wal`, 'is the database, and stays'],
    [
      'a link to the database',
      me => {
        symlinkSync(me.database, join(me.home, 'link.db'));
        return join(me.home, 'link.db');
      },
      'is the database, and stays',
    ],
    [
      'the secret key by another name',
      me => {
        linkSync(join(me.configDir, 'secret_key'), join(me.home, 'mine'));
        return join(me.home, 'mine');
      },
      'is the secret key, and stays',
    ],
    [
      'the secret key through a link to its directory',
      me => {
        symlinkSync(me.configDir, join(me.home, 'there'));
        return join(me.home, 'there', 'secret_key.new');
      },
      'is the secret key, and stays',
    ],
    [
      'a secret key of before',
      me => {
        writeFileSync(join(me.configDir, 'secret_key.before-20260101T000000000Z'), 'old', { mode: 0o600 });
        return join(me.configDir, 'secret_key.before-20260101T000000000Z');
      },
      'is the secret key, and stays',
    ],
    [
      'the SSH host key, which is not there yet',
      me => join(me.configDir, 'ssh_host_ed25519_key'),
      'is the SSH host key, and stays',
    ],
    [
      'the public half of it',
      me => {
        writeFileSync(join(me.configDir, 'ssh_host_ed25519_key.pub'), 'ssh-ed25519 AAAA');
        return join(me.configDir, 'ssh_host_ed25519_key.pub');
      },
      'is the SSH host key, and stays',
    ],
  ];
  test.each(places)('%s', async (_, place, sentence) => {
    await using t = await withBackup();
    const path = place(t.me);
    const before = t.me.everything();
    for (const command of [['backup'], ['users', 'export']]) {
      const outcome = await t.me.run([...command, '--overwrite', path]);
      expect(outcome).toEqual({
        code: 2,
        stdout: '',
        stderr: `langinfra: ${path} ${sentence}. Choose another name\n`,
      });
      expect(t.me.everything()).toEqual(before);
    }
  });

  test.each([
    ['LANGINFRA_SECRET_KEY_FILE', 'the secret key', {}],
    [
      'LANGINFRA_SUPERUSER_PASSWORD_FILE',
      'the password of the superuser',
      { LANGINFRA_AUTO_LOGIN: 'False', LANGINFRA_SUPERUSER: 'root' },
    ],
  ])('the file that %s names, at whatever place', async (name, what, settings) => {
    await using me = newcomer(settings as Record<string, string>);
    const named = me.file('named', 'a secret of more than thirty-two characters');
    const weaker = me.file('weaker', 'another that is overridden by the env file');
    symlinkSync(named, join(me.home, 'link'));
    me.file('.env', `${name}=named\n`);
    const run = (...args: string[]) =>
      me.run([...args, '--env-file', '.env'], { env: { [name]: weaker }, input: good });
    expect(await run('superuser', '--username', 'boss', '--password-stdin')).toMatchObject({ code: 0 });
    const before = me.everything();
    for (const command of [['backup'], ['users', 'export']])
      for (const path of [named, weaker, join(me.home, 'link')])
        expect(await run(...command, '--overwrite', path)).toEqual({
          code: 2,
          stdout: '',
          stderr: `langinfra: ${path} is ${what}, and stays. Choose another name\n`,
        });
    expect(me.everything()).toEqual(before);
  });

  test('the env file', async () => {
    await using t = await withBackup();
    const path = t.me.file('.env', 'LANGINFRA_AUTO_LOGIN=False\n');
    const outcome = await t.me.run(['backup', '--env-file', '.env', '--overwrite', path]);
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringContaining('is the env file, and stays') });
    expect(readFileSync(path, 'utf8')).toBe('LANGINFRA_AUTO_LOGIN=False\n');
  });
});

test('a backup of a damaged database says which file is damaged, and leaves none behind', async () => {
  await using t = await withBackup();
  await t.me.rows('pragma journal_mode = delete');
  const [page] = await t.me.rows<{ rootpage: number }>(
    "select rootpage from sqlite_master where name = 'user_by_skeleton'",
  );
  const file = openSync(t.me.database, 'r+');
  writeSync(file, Buffer.alloc(4096, 0x5a), 0, 4096, 4096 * ((page?.rootpage ?? 0) - 1));
  closeSync(file);
  const outcome = await t.me.run(['backup', join(t.me.home, 'second.db')]);
  expect(outcome).toMatchObject({ code: 7, stdout: '' });
  expect(outcome.stderr).toContain(`langinfra: ${t.me.database} is damaged`);
  expect(readdirSync(t.me.home).filter(name => name.startsWith('second'))).toEqual([]);
});

describe.concurrent('langinfra restore', () => {
  test('goes on where a backup can be used, mends what can be made anew and warns of the rest', async () => {
    await using t = await withBackup();
    const spoil = (query: string) => rowsOf(t.backup, query);
    await spoil("update user set username_fold = 'else', username_skeleton = 'x' where username = 'ada'");
    await spoil("insert into user_search (user_search) values ('delete-all')");
    await spoil("update audit set event = 'signed_out' where id = 2");
    await spoil('update user set is_superuser = 0');
    const outcome = await t.me.run(['restore', t.backup, '--yes']);
    expect(outcome).toMatchObject({ code: 0, stdout: `Restored the 2 users of ${t.backup}\n` });
    expect(outcome.stderr).toContain('Mended in what is restored, not in the backup: names\n');
    expect(outcome.stderr).toContain('Mended in what is restored, not in the backup: search index\n');
    expect(outcome.stderr).toContain('warning: Audit: row 2 is not as it was written');
    expect(outcome.stderr).toContain('warning: Superusers: none can sign in');
    const { stdout } = await t.me.run(['check']);
    for (const part of ['Names', 'Search index', 'Passwords'])
      expect(stdout).toMatch(new RegExp(`^${part} +ok: `, 'm'));
    expect(await t.me.run(['why', 'ada'])).toMatchObject({ code: 0 });
  });

  test('refuses passwords that do not open, and says whose', async () => {
    await using t = await withBackup();
    const [root] = await rowsOf<{ password: string }>(
      t.backup,
      "select password from user where username = 'root'",
    );
    await rowsOf(t.backup, "update user set password = ? where username = 'ada'", [root?.password]);
    const before = t.me.everything();
    const outcome = await t.me.run(['restore', t.backup, '--yes']);
    expect(outcome).toMatchObject({ code: 7, stdout: '' });
    expect(outcome.stderr).toContain('ada has a password that does not open');
    expect(t.me.everything()).toEqual(before);
  });

  test('names in the audit the last row of what it replaced', async () => {
    await using t = await withBackup();
    await t.me.add('carol');
    const [head] = await t.me.rows('select id, mac from audit order by id desc limit 1');
    await t.me.run(['restore', t.backup, '--yes']);
    const [row] = await t.me.rows<{ detail: string }>("select detail from audit where event = 'restored'");
    expect(JSON.parse(row?.detail ?? '')).toEqual({ after: { file: t.backup, replaced: head } });
    const { stdout } = await t.me.run(['audit', 'list', '--event', 'restored']);
    expect(stdout).toMatch(/Audit replaced, which ended with row \d+, [0-9a-f]{64}/);
  });

  test.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)(
    'ended by %s at its question leaves no copy behind, and the terminal as it was',
    async signal => {
      await using t = await withBackup();
      await using asked = t.me.underShell(['restore', t.backup]);
      await asked.sees('Everybody is signed out. [y/N]');
      const before = t.me.everything();
      expect(Object.keys(before).filter(name => name.endsWith('.new'))).toHaveLength(1);
      process.kill(asked.pidOf(process.execPath), signal);
      await asked.sees('terminal settings as before');
      expect(readdirSync(t.me.configDir).filter(name => name.endsWith('.new'))).toEqual([]);
      expect(await names(t.me)).toEqual(['ada', 'root']);
    },
  );

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

  test('keeps every change that was confirmed until then, and names the last of them', async () => {
    await using t = await withBackup();
    const server = await t.me.serve();
    const bearer = await server.bearer('root');
    const id = (await server.call('GET /api/v1/users/whoami', { bearer })).body.id;
    const confirmed: string[] = [];
    const writing = (async () => {
      for (let at = 0; ; at += 1) {
        const json = { profile_image: `i${at}` };
        const { status } = await server.call(`PATCH /api/v1/users/${id}`, { bearer, json });
        // Everybody is signed out by it.
        if (status === 401) return;
        expect(status).toBe(200);
        confirmed.push(json.profile_image);
      }
    })();
    await eventually(() => expect(confirmed.length).toBeGreaterThan(3));
    const { code, stderr } = await t.me.run(['restore', t.backup, '--yes']);
    expect(code).toBe(0);
    await writing;
    const [, kept = ''] = /What was there before is kept in (.*)\n/.exec(stderr) ?? [];
    const [root] = await rowsOf<object>(kept, "select profile_image from user where username = 'root'");
    expect(root).toEqual({ profile_image: confirmed.at(-1) });
    const [head] = await rowsOf<object>(kept, 'select id, mac from audit order by id desc limit 1');
    const [row] = await t.me.rows<{ detail: string }>("select detail from audit where event = 'restored'");
    expect(JSON.parse(row?.detail ?? '')).toEqual({ after: { file: t.backup, replaced: head } });
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

  const refusals: [
    string,
    (t: { me: Newcomer; backup: string }) => string[] | Promise<string[]>,
    number,
    string,
    object?,
  ][] = [
    ['a file that is not there', ({ backup }) => [`${backup}.none`, '--yes'], 4, 'There is no file'],
    ['a directory', ({ me }) => [me.home, '--yes'], 7, 'cannot be read: it is a directory, not a file'],
    ...[0o640, 0o602].map(
      mode =>
        [
          `a backup that others can read or change (${mode.toString(8)})`,
          ({ backup }: { backup: string }) => {
            chmodSync(backup, mode);
            return [backup, '--yes'];
          },
          7,
          'backup.db. Mend it with: chmod 600 ',
        ] satisfies (typeof refusals)[number],
    ),
    ['an empty file', ({ me }) => [me.file('e', ''), '--yes'], 7, 'is damaged or is no backup of Langinfra'],
    [
      'a database without tables',
      async ({ me }) => {
        const bare = me.file('bare.db', '');
        await rowsOf(bare, 'create table passing (id)');
        await rowsOf(bare, 'drop table passing');
        return [bare, '--yes'];
      },
      7,
      'is damaged or is no backup of Langinfra',
    ],
    [
      'a database that has lost what says its version',
      async ({ backup }) => {
        await rowsOf(backup, 'drop table meta');
        return [backup, '--yes'];
      },
      7,
      'backup.db is damaged or is no backup of Langinfra',
    ],
    [
      'a backup of a newer version',
      async ({ backup }) => {
        await rowsOf(backup, "update meta set value = 1000 where key = 'schema_version'");
        return [backup, '--yes'];
      },
      7,
      'backup.db was written by a newer Langinfra',
    ],
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
      'in the place of the present one: LANGINFRA_SECRET_KEY_FILE=',
      { LANGINFRA_SECRET_KEY: 'another key that is long enough to be one' },
    ],
  ];
  test.each(refusals)(
    'refuses %s and leaves everything as it was',
    async (_, args, code, sentence, env = {}) => {
      await using t = await withBackup();
      const words = await args(t);
      const before = t.me.everything();
      const outcome = await t.me.run(['restore', ...words], { env: env as NodeJS.ProcessEnv });
      expect(outcome).toMatchObject({ code, stdout: '' });
      expect(outcome.stderr).toMatch(/^langinfra: [^\n]+\n$/);
      expect(outcome.stderr).toContain(sentence);
      expect(t.me.everything()).toEqual(before);
    },
  );

  test('says how to restore a backup of the key before, which brings it back as it says', async () => {
    await using t = await withBackup();
    await t.me.run(['secret', 'rotate', '--yes']);
    const key = readdirSync(t.me.configDir).find(name => name.startsWith('secret_key.before-')) ?? '';
    const before = join(t.me.configDir, key);
    const refused = await t.me.run(['restore', t.backup, '--yes']);
    expect(refused).toEqual({
      code: 8,
      stdout: '',
      stderr: `langinfra: The secret key does not open ${t.backup}, which was written under another, kept in ${before}. Nothing was changed. Restore it with that one in the place of the present one: LANGINFRA_SECRET_KEY_FILE=${before} langinfra restore ${t.backup}. Then go over to the present one again: langinfra secret rotate --old-key-file ${before}\n`,
    });
    const env = { LANGINFRA_SECRET_KEY_FILE: before };
    expect(await t.me.run(['restore', t.backup, '--yes'], { env })).toMatchObject({ code: 0 });
    const present = readFileSync(join(t.me.configDir, 'secret_key'), 'utf8');
    const rotated = await t.me.run(['secret', 'rotate', '--old-key-file', before, '--yes']);
    expect(rotated).toMatchObject({ code: 0 });
    expect(readFileSync(join(t.me.configDir, 'secret_key'), 'utf8')).toBe(present);
    const server = await t.me.serve();
    expect(await server.login('ada')).toMatchObject({ status: 200 });
  });

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
