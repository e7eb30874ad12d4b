import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { open } from 'sqlite';
import sqlite3 from 'sqlite3';
import { expect, test } from 'vitest';
import { hostile } from '../support/hostile.ts';
import { good, insert, newcomer, program } from '../support/program.ts';
import { eventually } from '../support/pty.ts';

const withRoot = async () => {
  const me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False' });
  await me.run(['superuser', '--username', 'root'], { input: good });
  return me;
};

test.each(['csv', 'jsonl'])(
  'who is moved to another database as %s, under another key, signs in there',
  async kind => {
    await using here = await withRoot();
    await here.add('ada, "the first"', '--superuser', '--must-change');
    await here.add('=1+1');
    const file = join(here.home, `move.${kind}`);
    const exported = await here.run(['users', 'export', file, '--with-hashes']);
    expect(exported).toMatchObject({ code: 0, stdout: `Exported 3 users to ${file}\n` });
    if (kind === 'csv')
      expect(exported.stderr).toContain(
        '1 username begins with = + - or @, which a spreadsheet takes for a formula:',
      );
    expect(statSync(file).mode & 0o777).toBe(0o600);

    await using there = newcomer({
      LANGINFRA_AUTO_LOGIN: 'False',
      LANGINFRA_SECRET_KEY: 'another secret key of more than thirty-two characters',
    });
    await there.run(['superuser', '--username', 'boss'], { input: good });
    const imported = await there.run(['users', 'import', file]);
    expect(imported).toMatchObject({ code: 0, stderr: `Database: ${there.database}\n` });
    expect(imported.stdout).toContain('Added 3 users');
    const of =
      'select id, username, is_active, is_superuser, create_at, last_login_at, must_change from user';
    const before = await here.rows(`${of} order by id`);
    expect(await there.rows(`${of} where username <> 'boss' order by id`)).toEqual(before);
    const server = await there.serve();
    for (const name of ['root', 'ada, "the first"', '=1+1'])
      expect((await server.login(name)).status, name).toBe(200);
    expect((await server.login('root', 'wrong password')).status).toBe(401);
    expect((await there.run(['check'])).code).toBe(0);
  },
);

test('names that no rule would let in are exported as they are', async () => {
  await using me = await withRoot();
  await insert(me, Object.values(hostile));
  const stored = (await me.rows<{ username: string }>('select username from user')).map(row => row.username);
  const csv = (await me.run(['users', 'export'])).stdout;
  const rows: { username: string }[] = parse(csv, { columns: true, record_delimiter: '\r\n' });
  expect(rows.map(({ username }) => username).sort()).toEqual(stored.sort());
  const lines = (await me.run(['users', 'export', '--format', 'json'])).stdout.trimEnd().split('\n');
  expect(lines.map(line => JSON.parse(line).username).sort()).toEqual(stored.sort());
  expect(lines.join('\n')).toMatch(/^[\x20-\x7e\n]*$/);
});

test('--json of an export is one document on the file, and refused where the users are what is printed', async () => {
  await using me = await withRoot();
  const file = join(me.home, 'users.csv');
  const { code, stdout, stderr } = await me.run(['users', 'export', file, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({ file, database: me.database, users: 1 });
  expect(readFileSync(file, 'utf8')).toMatch(/^id,username,/);
  for (const words of [[], ['-'], ['--format', 'json']]) {
    const refused = await me.run(['users', 'export', '--json', ...words]);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(/^langinfra: [^\n]*--format json[^\n]*users list --all --json\n$/);
  }
});

test('hashes leave for a private file only, are asked for, and nothing is overwritten', async () => {
  await using me = await withRoot();
  const plain = await me.run(['users', 'export']);
  expect(plain.stdout).toMatch(
    /^id,username,profile_image,[a-z_,]*,version,must_change\r\n[^\r\n]*,root,[^\r\n]*\r\n$/,
  );
  expect(plain.stdout).not.toMatch(/\$2b|sealed/);
  expect(await me.run(['users', 'export', '--with-hashes'])).toMatchObject({ code: 2, stdout: '' });
  const file = me.file('there.csv', 'mine');
  expect(await me.run(['users', 'export', file])).toMatchObject({ code: 3, stdout: '' });
  expect(readFileSync(file, 'utf8')).toBe('mine');
  expect(await me.run(['users', 'export', file, '--overwrite'])).toMatchObject({ code: 0 });
  const told = (await me.run(['audit', 'list', '--event', 'exported'])).stdout;
  expect(told).toContain(`exported users: File ${file}, Hashes no, Users 1`);
});

test('an export says whose passwords do not open, and ends with 7 once all else is written', async () => {
  await using me = await withRoot();
  await me.add('ada');
  await me.add('bob');
  await me.rows(
    "update user set password = (select password from user where username = 'root') where username != 'root'",
  );
  const file = join(me.home, 'move.csv');
  const { code, stdout, stderr } = await me.run(['users', 'export', file, '--with-hashes']);
  expect({ code, stdout }).toEqual({ code: 7, stdout: `Exported 3 users to ${file}\n` });
  expect(stderr).toContain(
    `langinfra: ${file} lacks the 2 passwords of ada, bob: the secret key does not open them. All else is there. Look with: langinfra check\n`,
  );
  expect(readFileSync(file, 'utf8').match(/\$2b\$/g)).toHaveLength(1);
  expect(await me.run(['users', 'export', '--overwrite', file])).toMatchObject({ code: 0 });
});

test('- is stdout for an export, as it is stdin for an import', async () => {
  await using me = await withRoot();
  const before = Object.keys(me.everything());
  const { code, stdout } = await me.run(['users', 'export', '-']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^id,username,[^\r\n]*\r\n[^\r\n]*,root,[^\r\n]*\r\n$/);
  expect(await me.run(['users', 'export', '-', '--with-hashes'])).toMatchObject({ code: 2, stdout: '' });
  expect(Object.keys(me.everything())).toEqual(before);
});

test('langinfra users import says of each row what becomes of it, and the exit code says why nothing did', async () => {
  await using me = await withRoot();
  const users = (...lines: string[]) => me.file('users.csv', ['username,password', ...lines, ''].join('\n'));
  const file = users(`ada,${good}`, 'bob,');
  const before = await me.rows('select * from user');
  const dry = await me.run(['users', 'import', file, '--dry-run']);
  expect(dry).toEqual({
    code: 0,
    stdout: 'line 2: ada: would be added\nline 3: bob: would be added\nDry run: would add 2 users\n',
    stderr: `Dry run: ${me.database} was not changed\n`,
  });
  users(`ada,${good}`, 'root,', 'b\u202eob,short');
  const refused = await me.run(['users', 'import', file]);
  expect(refused.code).toBe(5);
  expect(refused.stdout).toBe(
    'line 3: root: refused: This username is unavailable.\nline 4: b·ob: refused: A username has no control, invisible or broken characters\n',
  );
  expect(refused.stderr).toBe('langinfra: 2 of 3 rows are refused. Nothing was changed\n');
  users(`ada,${good}`, 'root,');
  expect(await me.run(['users', 'import', file])).toMatchObject({ code: 3 });
  users('root,');
  expect(await me.run(['users', 'import', file])).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('langinfra: 1 of 1 user exists already. Nothing was changed'),
  });
  expect((await me.run(['users', 'import', file, '--skip-existing', '--dry-run'])).stdout).toContain(
    'Dry run: would add 0 users, 1 who exists left out\n',
  );
  users('ada', 'root,');
  expect(await me.run(['users', 'import', file, '--dry-run'])).toMatchObject({
    code: 5,
    stdout:
      'line 2: ada: refused: It has 1 field, and the header has 2\nline 3: root: refused: This username is unavailable.\n',
  });
  const entries = me.file('users.json', '[{"username":"z","username":"y"}, 12, {"username":"ada"}]');
  expect(await me.run(['users', 'import', entries])).toMatchObject({
    code: 5,
    stdout:
      'entry 1: y: refused: The key username is there twice\nentry 2: no name: refused: It is no object\n',
  });
  expect(await me.run(['users', 'import', `${file}.no`])).toMatchObject({ code: 4 });
  expect(await me.run(['users', 'import', me.home])).toMatchObject({ code: 7 });
  expect(await me.run(['users', 'import'])).toMatchObject({
    code: 2,
    stderr: 'langinfra: The file is missing. See: langinfra --help\n',
  });
  expect(await me.rows('select * from user')).toEqual(before);

  const input = 'username,password\nroot,\nada,\n';
  const done = await me.run(['users', 'import', '-', '--skip-existing', '--json'], { input });
  expect(done.code).toBe(0);
  expect(JSON.parse(done.stdout)).toEqual({
    added: 1,
    skipped: 1,
    refused: 0,
    dry_run: false,
    rows: [
      {
        line: 2,
        username: 'root',
        result: 'skipped',
        code: 'username_unavailable',
        detail: expect.any(String),
      },
      { line: 3, username: 'ada', id: expect.stringMatching(/^[\da-f-]{36}$/), result: 'added' },
    ],
  });
});

/** Whether another process is in the middle of a transaction that writes. */
const isWriting = async (path: string): Promise<boolean> => {
  const db = await open({ filename: path, driver: sqlite3.Database });
  // The package would wait for a second.
  db.configure('busyTimeout', 0);
  try {
    await db.exec('begin immediate; rollback');
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'SQLITE_BUSY' });
    return true;
  } finally {
    await db.close();
  }
};

test('an import that is killed in the middle leaves nothing behind', async () => {
  await using me = await withRoot();
  const names = Array.from({ length: 20_000 }, (_, at) => `user-${at}`);
  const file = me.file('users.csv', ['username', ...names, ''].join('\n'));
  const schema = 'select type, name, sql from sqlite_master order by type, name';
  const before = await me.rows(schema);
  const [command = '', ...args] = program;
  const child = spawn(command, [...args, 'users', 'import', file], { env: me.env, stdio: 'ignore' });
  const ended = once(child, 'exit');
  await eventually(async () => {
    expect(await isWriting(me.database)).toBe(true);
  });
  child.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(await me.rows('select username from user')).toEqual([{ username: 'root' }]);
  expect(await me.rows(schema)).toEqual(before);
  expect((await me.run(['check'])).code).toBe(0);
  // Whoever starts it should know what it does to the others; and a dry run is the place to find out.
  const said =
    'Adding 20,000 users takes a while, in which nobody else can sign in or change anything on this database\n';
  for (const flags of [['--dry-run'], []]) {
    const { code, stderr } = await me.run(['users', 'import', file, ...flags]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining(said) });
  }
  expect(await me.rows('select count(*) as n from user')).toEqual([{ n: 20_001 }]);
});
