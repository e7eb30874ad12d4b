import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { newId, timestampOf } from '../../src/store/values.ts';
import { good, type Newcomer, newcomer } from '../support/program.ts';
import { keys } from '../support/pty.ts';

/** Root is the only superuser, ada is active, bob and cleo wait for approval. */
let template: Newcomer;
beforeAll(async () => {
  template = newcomer();
  await template.run(['superuser', '--username', 'root'], { input: good });
  await template.add('ada');
  for (const name of ['bob', 'cleo'])
    await template.run(['users', 'add', name, '--password-stdin'], { input: good });
});
afterAll(() => template[Symbol.asyncDispose]());

const withUsers = (): Newcomer => {
  const me = newcomer();
  me.copyDatabaseOf(template);
  return me;
};

type Row = { username: string; is_active: number; is_superuser: number };
const rowsOf = (me: Newcomer) =>
  me.rows<Row>('select username, is_active, is_superuser from user order by username');
const namesOf = async (me: Newcomer, what: (row: Row) => unknown = () => true): Promise<string[]> =>
  (await rowsOf(me)).filter(what).map(({ username }) => username);

describe.concurrent('several users at once, without a terminal', () => {
  test('with --yes: the plan on stderr, what was done on stdout', async () => {
    await using me = withUsers();
    expect(await me.run(['users', 'activate', 'ada', 'bob', 'cleo', 'BOB', '--yes'])).toEqual({
      code: 0,
      stdout: '2 users are active now\n',
      stderr: `2 to activate\n1 already active\nDatabase: ${me.database}\n`,
    });
    expect(await namesOf(me, row => row.is_active)).toEqual(['ada', 'bob', 'cleo', 'root']);
  });

  test.each<[string, string, (row: Row) => unknown, string[]]>([
    [
      'activate --filter pending',
      '2 users are active now',
      row => row.is_active,
      ['ada', 'bob', 'cleo', 'root'],
    ],
    ['deactivate --search AD', '1 user is not active any more', row => row.is_active, ['root']],
    [
      'promote --filter inactive --search B',
      '1 user is a superuser now',
      row => row.is_superuser,
      ['bob', 'root'],
    ],
    ['delete --filter pending', '2 users were deleted', () => true, ['ada', 'root']],
  ])('users %s', async (line, said, what, after) => {
    await using me = withUsers();
    const { code, stdout } = await me.run(['users', ...line.split(' '), '-y']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${said}\n` });
    expect(await namesOf(me, what)).toEqual(after);
  });

  test('some are refused: the others are done, and the exit code is 5', async () => {
    await using me = withUsers();
    expect(await me.run(['users', 'delete', '--filter', 'all', '--yes'])).toEqual({
      code: 5,
      stdout: '3 users were deleted\n',
      stderr: `3 to delete
1 refused: The last superuser stays
Their folders and sessions go. A deletion cannot be undone.
Database: ${me.database}
langinfra: 1 refused: The last superuser stays
`,
    });
    expect(await namesOf(me)).toEqual(['root']);
  });

  test('nothing to do: it says so', async () => {
    await using me = withUsers();
    expect(await me.run(['users', 'demote', 'ada', 'bob', '--yes'])).toEqual({
      code: 0,
      stdout: 'There is nobody to demote: 2 already no superusers\n',
      stderr: `Database: ${me.database}\n`,
    });
  });

  test('with --json: the plan and the outcome', async () => {
    await using me = withUsers();
    const { code, stdout } = await me.run(['users', 'deactivate', '--filter', 'all', '--yes', '--json']);
    expect(code).toBe(5);
    expect(JSON.parse(stdout)).toEqual({
      plan: {
        action: 'deactivate',
        total: 4,
        to_change: 1,
        already: 2,
        refused: [{ reason: 'last_superuser', count: 1, detail: 'The last superuser stays' }],
        look_alike: 0,
        mixed_scripts: 0,
      },
      changed: 1,
      dry_run: false,
    });
  });

  test('with --dry-run: the plan on stdout, and nothing changes', async () => {
    await using me = withUsers();
    const before = await rowsOf(me);
    expect(await me.run(['users', 'delete', 'ada', 'bob', '--dry-run'])).toEqual({
      code: 0,
      stdout: '2 to delete\nTheir folders and sessions go. A deletion cannot be undone.\n',
      stderr: `Dry run: ${me.database} was not changed\n`,
    });
    const { code, stdout } = await me.run(['users', 'delete', '--filter', 'pending', '--dry-run', '--json']);
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, changed: 0, dry_run: true });
    expect(await rowsOf(me)).toEqual(before);
  });

  test('with --dry-run: who would be refused is said once, and the exit code is 5 all the same', async () => {
    await using me = withUsers();
    const all = ['users', 'deactivate', '--filter', 'all', '--dry-run'];
    expect(await me.run(all)).toEqual({
      code: 5,
      stdout: '1 to deactivate\n2 not active already\n1 refused: The last superuser stays\n',
      stderr: `Dry run: ${me.database} was not changed\nlanginfra: 1 user would be left as it is\n`,
    });
    const { code, stdout, stderr } = await me.run([...all, '--json']);
    expect({ code, ...JSON.parse(stdout).plan }).toMatchObject({ code: 5, refused: [{ count: 1 }] });
    expect(stderr).toContain('langinfra: 1 user would be left as it is\n');
    expect(await namesOf(me, row => row.is_active)).toEqual(['ada', 'root']);
  });

  test.each([
    [
      'activate bob cleo',
      2,
      'Without a terminal nobody can be asked: add --yes to go on, or --dry-run to see',
    ],
    ['activate --filter pending', 2, 'Without a terminal nobody can be asked'],
    ['delete', 2, 'Say whom: names, --filter or --search'],
    ['delete ada --filter pending --yes', 2, 'Say names, or --filter and --search, but not both'],
    ['delete --filter pendin --yes', 2, 'use one of all, pending, active, inactive, superuser'],
    ['delete ada nobody --yes', 4, 'There is no user nobody'],
    ['delete ada nobody \x1b[2J --yes', 4, 'There are no users nobody, ·[2J'],
    ['demote root ROOT --yes', 5, '1 refused: The last superuser stays'],
  ])('users %s: exit %i, nothing changed', async (line, code, sentence) => {
    await using me = withUsers();
    const before = await rowsOf(me);
    const outcome = await me.run(['users', ...line.split(' ')]);
    expect(outcome).toEqual({ code, stdout: '', stderr: expect.stringContaining(sentence) });
    expect(outcome.stderr).toMatch(/^langinfra: [^\n]+\n$/);
    expect(await rowsOf(me)).toEqual(before);
  });
});

describe.concurrent('several users at once, on a terminal', () => {
  const question = ['2 to delete', 'Their folders and sessions go.', 'Go on? [y/N]'];

  test('y does it', async () => {
    await using me = withUsers();
    await using ui = me.underShell(['users', 'delete', 'bob', 'cleo']);
    await ui.sees(...question);
    ui.type('y', keys.enter);
    await ui.sees('2 users were deleted', 'Database:', 'exit 0, terminal settings as before');
    await ui.ended;
    expect(await namesOf(me)).toEqual(['ada', 'root']);
  });

  test.each([
    ['enter', keys.enter],
    ['n', `n${keys.enter}`],
    ['another word', `sure${keys.enter}`],
    ['ctrl-c', keys.ctrl('c')],
  ])('%s changes nothing', async (_, answer) => {
    await using me = withUsers();
    await using ui = me.underShell(['users', 'delete', '--filter', 'pending']);
    await ui.sees(...question);
    ui.type(answer);
    await ui.sees('langinfra: Stopped. Nothing was changed', 'exit 1, terminal settings as before');
    await ui.ended;
    expect(await namesOf(me)).toEqual(['ada', 'bob', 'cleo', 'root']);
  });

  test('--yes does not ask', async () => {
    await using me = withUsers();
    await using ui = me.underShell(['users', 'activate', 'bob', 'cleo', '--yes']);
    await ui.sees('2 to activate', '2 users are active now', 'exit 0');
    await ui.ended;
    expect(ui.screen()).not.toContain('[y/N]');
  });

  test('many are counted while they are changed, on a line that is gone at the end', async () => {
    await using me = withUsers();
    const store = await openStore(`sqlite:///${me.database}`, { create: false });
    await store.write(async tx => {
      const flags = { isActive: false, isSuperuser: false, isAutomatic: false };
      const now = timestampOf(new Date());
      for (let at = 0; at < 1500; at++) {
        const row = { id: newId(), username: `user${at}`, password: '', passwordCost: 0, ...flags, now };
        await tx.users.insert(row);
      }
    });
    await store.close();
    await using ui = me.underShell(['users', 'activate', '--filter', 'pending']);
    await ui.sees('1,502 to activate', 'Go on? [y/N]');
    ui.type('y', keys.enter);
    await ui.sees('1,502 users are active now', 'exit 0, terminal settings as before');
    await ui.ended;
    expect(ui.bytes()).toContain('\r1,000 of 1,502');
    expect(ui.screen()).not.toContain(' of 1,502');
  });
});
