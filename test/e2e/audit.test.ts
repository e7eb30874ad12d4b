import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { good, newcomer } from '../support/program.ts';

/** Root and ada, who was activated, and a refusal. */
const withHistory = async () => {
  const me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False' });
  await me.run(['superuser', '--username', 'root'], { input: good });
  await me.run(['users', 'add', 'ada', '--password-stdin'], { input: good });
  await me.run(['users', 'activate', 'ada']);
  await me.run(['users', 'demote', 'root']);
  return me;
};

test('langinfra audit list says who did what and when, the newest first', async () => {
  await using me = await withHistory();
  const { code, stdout, stderr } = await me.run(['audit', 'list']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map(line => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}\S+ \(shell\) +/, ''))).toEqual([
    'tried to change root: Superuser no: The last superuser stays  (command)',
    'changed ada: Active no to yes  (command)',
    'added ada: Active no, Superuser no  (command)',
    'added root: Active yes, Superuser yes  (command)',
  ]);
  const filtered = async (...flags: string[]) => (await me.run(['audit', 'list', ...flags])).stdout;
  expect(await filtered('--user', 'ADA')).toMatch(/^[^\n]* changed ada[^\n]*\n[^\n]* added ada[^\n]*\n$/);
  expect(await filtered('--refused')).toMatch(/^[^\n]* tried to change root[^\n]*\n$/);
  expect(await filtered('--event', 'user_added', '--limit', '1')).toMatch(/^[^\n]* added ada[^\n]*\n$/);
  expect(await filtered('--since', '2999-01-01')).toBe('');
  expect(JSON.parse(await filtered('--json', '--event', 'user_changed', '--user', 'ada'))).toMatchObject({
    event: 'user_changed',
    outcome: 'done',
    target: 'ada',
    door: 'command',
    before: { isActive: false },
    after: { isActive: true },
  });
});

test('langinfra audit list --follow shows what others do, as they do it', async () => {
  await using me = await withHistory();
  await using following = me.terminal(['audit', 'list', '--follow', '--limit', '1']);
  await following.sees('tried to change root');
  await me.run(['users', 'deactivate', 'ada']);
  await following.sees('changed ada: Active yes to no');
});

test('langinfra audit list --follow goes on after a restore, with the rows that this brought', async () => {
  await using me = await withHistory();
  await me.run(['backup', 'monday.db']);
  for (const action of ['deactivate', 'activate', 'deactivate']) await me.run(['users', action, 'ada']);
  await using following = me.terminal(['audit', 'list', '--follow', '--limit', '1']);
  await following.sees('changed ada: Active yes to no');
  expect(await me.run(['restore', 'monday.db', '--yes'])).toMatchObject({ code: 0 });
  await following.sees('The audit was replaced: it goes on with that of the backup that was restored');
  await following.sees('restored a backup');
  await me.run(['users', 'promote', 'ada']);
  await following.sees('changed ada: Superuser no to yes');
  await following.seesNot('tried to change root');
});

test('langinfra audit list --follow --all begins with the first row, and goes on', async () => {
  await using me = await withHistory();
  // More than are shown where nobody says how many.
  await me.rows(`insert into audit with recursive row(n) as (values (5) union all select n + 1 from row where n < 99)
    select n, at, 'signed_out', outcome, actor_id, actor_name, door, origin, null, null, detail, key_id, mac
    from audit, row where id = 1`);
  await using following = me.terminal(['audit', 'list', '--follow', '--all']);
  await following.sees('signed out');
  await me.run(['users', 'deactivate', 'ada']);
  await following.sees('changed ada: Active yes to no');
  expect(following.bytes()).toContain('added root');
  expect(following.bytes().match(/signed out/g)).toHaveLength(95);
});

test('langinfra audit verify finds what was changed, and with an earlier export what was cut off', async () => {
  await using me = await withHistory();
  const head = join(me.home, 'head.json');
  writeFileSync(head, (await me.run(['audit', 'export', '--head'])).stdout);
  const all = join(me.home, 'all.jsonl');
  writeFileSync(all, (await me.run(['audit', 'export'])).stdout);
  await me.run(['users', 'deactivate', 'ada']);
  expect((await me.run(['audit', 'list', '--event', 'audit_exported'])).stdout).toMatch(
    /^\S+ \S+ {2}\S+ \(shell\) +exported the audit {2}\(command\)\n$/,
  );
  const sound = { code: 0, stdout: '6 rows, each as it was written, and none is gone\n' };
  for (const file of [head, all]) {
    expect(await me.run(['audit', 'verify', '--head', file])).toMatchObject(sound);
    const input = readFileSync(file, 'utf8');
    expect(await me.run(['audit', 'verify', '--head', '-'], { input })).toMatchObject(sound);
  }
  await me.rows('delete from audit where id > 3');
  expect(await me.run(['audit', 'verify'])).toMatchObject({ code: 7, stdout: 'rows 4 to 6 are gone\n' });
  await me.rows("update sqlite_sequence set seq = 3 where name = 'audit'");
  expect(await me.run(['audit', 'verify'])).toMatchObject({
    code: 0,
    stderr: 'An end that was cut off with care shows only against what was exported earlier: --head FILE\n',
  });
  const cut = await me.run(['audit', 'verify', '--head', head]);
  expect(cut).toEqual({
    code: 7,
    stdout: 'the exported head is row 4, and the audit ends with row 3: its end was cut off\n',
    stderr: `langinfra: The audit of ${me.database} is not as it was written. Compare it with an export or a backup\n`,
  });
  await me.rows("update audit set target_name = 'eve' where id = 2");
  const changed = await me.run(['audit', 'verify', '--json']);
  expect(changed.code).toBe(7);
  expect(JSON.parse(changed.stdout)).toMatchObject({ ok: false, rows: 3 });
});

test('langinfra audit goes on where somebody wrote rows by hand', async () => {
  await using me = await withHistory();
  await me.rows("update audit set detail = 'oops', event = 'constructor', at = 'x\x1b[2J' where id = 2");
  await me.rows("update audit set origin = 'alas' where id = 3");
  await me.rows(
    'insert into audit select -1, at, event, outcome, actor_id, actor_name, door, origin, target_id, target_name, detail, key_id, mac from audit where id = 1',
  );
  const list = await me.run(['audit', 'list']);
  expect(list).toMatchObject({ code: 0, stderr: '' });
  expect(list.stdout.split('\n')).toHaveLength(6);
  expect(list.stdout).toContain('constructor ada: what is written here is not what was written');
  expect(list.stdout).not.toContain('\x1b');
  const { code, stdout } = await me.run(['audit', 'export']);
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  expect({ code, ids: rows.map(({ id }) => id) }).toEqual({ code: 0, ids: [-1, 1, 2, 3, 4, 5] });
  expect(rows[2]).toMatchObject({ event: 'constructor', detail_text: 'oops' });
  expect(rows[3]).toMatchObject({ origin: null, origin_text: 'alas' });
  expect(await me.run(['audit', 'verify'])).toMatchObject({
    code: 7,
    stdout: expect.stringMatching(/^row -1 was put in.*\nrow 2 is not as.*\nrow 3 is not as/),
  });
});

test('langinfra audit verify excuses no row that it reports', async () => {
  await using me = await withHistory();
  await me.rows("update audit set key_id = 'feedbeef' where id < 3");
  const { code, stdout, stderr } = await me.run(['audit', 'verify']);
  expect(code).toBe(7);
  expect(stdout).toContain('rows 1 to 2 are not sealed with the key of this audit\n');
  expect(stderr).not.toContain('before anybody had a password');
});

test('what the audit commands refuse', async () => {
  await using me = await withHistory();
  const outcomes = async (...args: string[]) => {
    const { code, stdout, stderr } = await me.run(['audit', ...args]);
    expect(stdout).toBe('');
    return [code, stderr] as const;
  };
  for (const since of ['yesterday', '2026-02-31', '2026-02-29T12:00', '2026-01-31T24:00'])
    expect(await outcomes('list', '--since', since)).toEqual([
      2,
      'langinfra: --since is a day or a time in UTC: 2026-01-31 or 2026-01-31T12:00\n',
    ]);
  expect(await outcomes('list', '--user', 'nobody')).toEqual([4, 'langinfra: There is no user nobody\n']);
  expect(await outcomes('list', '--event', 'user_adde')).toEqual([2, expect.stringMatching(/use one of/)]);
  expect(await outcomes('verify', '--head', me.file('notes', 'notes'))).toEqual([
    2,
    expect.stringMatching(/cannot be read as what/),
  ]);
  expect(await me.run(['audit', 'verify'])).toMatchObject({ code: 0 });
});
