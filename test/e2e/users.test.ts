import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { good, insert, type Newcomer, newcomer } from '../support/program.ts';
import { eventually, keys } from '../support/pty.ts';

/** Root (a superuser), ada (active), bob (waits for approval) and cleo, who signed in once and is inactive now. */
let template: Newcomer;
/** A copy of it for tests that only read. The template itself is not opened again, so that it can be copied. */
let shared: Newcomer;
beforeAll(async () => {
  template = newcomer();
  await template.run(['superuser', '--username', 'root'], { input: good });
  for (const name of ['ada', 'cleo']) await template.add(name);
  await template.run(['users', 'add', 'bob', '--password-stdin'], { input: good });
  const server = await template.serve([], { LANGINFRA_AUTO_LOGIN: 'False' });
  await server.bearer('cleo');
  await server.kill();
  await template.run(['users', 'deactivate', 'cleo']);
  shared = withUsers();
});
afterAll(async () => {
  await template[Symbol.asyncDispose]();
  await shared[Symbol.asyncDispose]();
});

const withUsers = (settings: Record<string, string> = {}): Newcomer => {
  const me = newcomer(settings);
  me.copyDatabaseOf(template);
  return me;
};

const namesIn = (table: string) =>
  table
    .split('\n')
    .slice(1, -1)
    .map(line => line.split(/ +/)[0]);

describe.concurrent('users list', () => {
  test('prints a table of everybody, by name', async () => {
    await using me = withUsers();
    const { code, stdout, stderr } = await me.run(['users', 'list']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^USERNAME +ACTIVE +SUPERUSER +CREATED \(UTC\) +LAST LOGIN \(UTC\) +REMARK\n/);
    expect(stdout).toMatch(/^bob +no +no +\d{4}-\d\d-\d\d \d\d:\d\d +never +waits \d+ min$/m);
    expect(stdout).toMatch(/^root +yes +yes/m);
    expect(namesIn(stdout)).toEqual(['ada', 'bob', 'cleo', 'root']);
  });

  test.each([
    ['--filter pending', ['bob']],
    ['--filter active', ['ada', 'root']],
    ['--filter inactive', ['bob', 'cleo']],
    ['--filter superuser', ['root']],
    ['--search O', ['bob', 'cleo', 'root']],
    ['--search o --filter inactive', ['bob', 'cleo']],
    ['--order desc', ['root', 'cleo', 'bob', 'ada']],
    ['--sort created', ['root', 'ada', 'cleo', 'bob']],
    ['--sort updated --order desc --limit 1', ['cleo']],
    ['--sort last_login --order desc --limit 1', ['cleo']],
    ['--sort active --order desc', ['root', 'ada', 'cleo', 'bob']],
    ['--sort superuser --order desc --limit 1', ['root']],
    ['--search nobody', []],
  ])('with %s', async (flags, expected) => {
    const { code, stdout } = await shared.run(['users', 'list', '--json', ...flags.split(' ')]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).users.map(({ username }: { username: string }) => username)).toEqual(expected);
  });

  test('says on stderr how many it left out, and --all leaves none out', async () => {
    const some = await shared.run(['users', 'list', '--limit', '2']);
    expect(namesIn(some.stdout)).toEqual(['ada', 'bob']);
    expect(some).toMatchObject({ code: 0, stderr: '2 of 4 users. For the others: --limit or --all\n' });
    const all = await shared.run(['users', 'list', '--all']);
    expect(namesIn(all.stdout)).toHaveLength(4);
    expect(all.stderr).toBe('');
  });

  test('with --json is one document with the fields of the HTTP API', async () => {
    const { stdout, stderr } = await shared.run(['users', 'list', '--json']);
    const document = JSON.parse(stdout);
    expect(stderr).toBe('');
    expect(document.total_count).toBe(4);
    expect(document.users[1]).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      username: 'bob',
      profile_image: null,
      store_api_key: null,
      is_active: false,
      is_superuser: false,
      create_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      updated_at: expect.any(String),
      last_login_at: null,
      version: 1,
      must_change: false,
    });
  });
});

describe.concurrent('users show', () => {
  test('prints one user, found whatever the case, and why it can or cannot sign in', async () => {
    const { code, stdout, stderr } = await shared.run(['users', 'show', 'BOB']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Username +bob\nRemark +waits \d+ min\nActive +no\nSuperuser +no\n/);
    expect(stdout).toContain('bob cannot sign in: the account waits for approval');
  });

  test('tells the automatic account from the other superusers, and whether it is of use, as the list does', async () => {
    await using me = withUsers();
    expect(await (await me.serve()).call('GET /api/v1/auto_login')).toMatchObject({ status: 200 });
    const saidOf = async (autoLogin: string) => {
      const env = { LANGINFRA_AUTO_LOGIN: autoLogin };
      const shown = await me.run(['users', 'show', 'langinfra'], { env });
      const listed = await me.run(['users', 'list'], { env });
      return [
        /^Remark +(.*)$/m.exec(shown.stdout)?.[1],
        /^langinfra .* {2}(\S.*)$/m.exec(listed.stdout)?.[1],
      ];
    };
    expect(await saidOf('True')).toEqual(['automatic', 'automatic']);
    expect(await saidOf('False')).toEqual(['automatic (off)', 'automatic (off)']);
  });

  test('with --json prints the fields of the HTTP API', async () => {
    const { stdout } = await shared.run(['users', 'show', 'cleo', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      username: 'cleo',
      is_active: false,
      version: 2,
      last_login_at: expect.stringMatching(/Z$/),
    });
  });
});

type Case = { args: string[]; input?: string; says: RegExp; after: Record<string, unknown> };
const changes: Record<string, Case> = {
  add: {
    args: ['add', 'dora', '--password-stdin', '--superuser'],
    input: good,
    says: /^The superuser dora was added and waits for approval; to let it sign in: langinfra users activate dora$/,
    after: { username: 'dora', is_active: false, is_superuser: true, version: 1 },
  },
  edit: {
    args: ['edit', 'ada', '--username', 'lovelace', '--no-active', '--superuser'],
    says: /^lovelace \(it was called ada\): Active no, Superuser yes$/,
    after: { username: 'lovelace', is_active: false, is_superuser: true, version: 2 },
  },
  passwd: {
    args: ['passwd', 'ada', '--password-stdin'],
    input: 'another password',
    says: /^ada has a new password, which has to be changed at the next sign-in; all its sessions have ended$/,
    after: { username: 'ada', must_change: true, version: 2 },
  },
  'passwd for good': {
    args: ['passwd', 'ada', '--password-stdin', '--no-must-change'],
    input: 'another password',
    says: /^ada has a new password; all its sessions have ended$/,
    after: { username: 'ada', must_change: false, version: 2 },
  },
  'add for one sign-in': {
    args: ['add', 'dora', '--password-stdin', '--must-change'],
    input: good,
    says: /^The user dora was added and waits for approval; to let it sign in: langinfra users activate dora$/,
    after: { username: 'dora', must_change: true, version: 1 },
  },
  'edit what has to be done first': {
    args: ['edit', 'ada', '--must-change'],
    says: /^ada: Active yes, Superuser no, Must change password yes$/,
    after: { username: 'ada', must_change: true, version: 2 },
  },
  unlock: {
    args: ['unlock', 'ada'],
    says: /^ada had no failed sign-ins that hold it up$/,
    after: { username: 'ada', version: 1 },
  },
  activate: {
    args: ['activate', 'bob'],
    says: /^bob can sign in now$/,
    after: { username: 'bob', is_active: true, version: 2 },
  },
  deactivate: {
    args: ['deactivate', 'ada'],
    says: /^ada cannot sign in any more$/,
    after: { username: 'ada', is_active: false, version: 2 },
  },
  promote: {
    args: ['promote', 'ada'],
    says: /^ada is a superuser now$/,
    after: { username: 'ada', is_superuser: true, version: 2 },
  },
  'promote one who cannot sign in': {
    args: ['promote', 'bob'],
    says: /^bob is a superuser now, but cannot sign in\. To let it: langinfra users activate bob$/,
    after: { username: 'bob', is_superuser: true, is_active: false, version: 2 },
  },
  demote: {
    args: ['demote', 'ada'],
    says: /^ada was no superuser already$/,
    after: { username: 'ada', is_superuser: false, version: 1 },
  },
  delete: { args: ['delete', 'ada'], says: /^ada was deleted$/, after: { username: 'ada' } },
};
const everything = async (me: Newcomer) => ({
  users: await me.rows('select * from user order by id'),
  folders: await me.rows('select * from folder order by id'),
  sessions: await me.rows('select * from session order by id'),
});
const stored = (user: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(user).map(([key, value]) => [key, typeof value === 'boolean' ? Number(value) : value]),
  );

describe.concurrent.each(Object.entries(changes))('users %s', (action, { args, input = '', says, after }) => {
  test('does it, says so on stdout, and names the database on stderr', async () => {
    await using me = withUsers();
    const outcome = await me.run(['users', ...args], { input });
    expect(outcome).toEqual({
      code: 0,
      stdout: expect.stringMatching(new RegExp(`${says.source}\n`, 'm')),
      stderr: `Database: ${me.database}\n`,
    });
    expect(outcome.stdout + outcome.stderr).not.toMatch(/battery|another password/);
    const rows = await me.rows('select * from user where username = ?', after.username);
    if (action === 'delete') expect(rows).toEqual([]);
    else expect(rows).toMatchObject([stored(after)]);
  });

  test('with --json prints the user, and nothing else', async () => {
    await using me = withUsers();
    const { code, stdout, stderr } = await me.run(['users', ...args, '--json'], { input });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject(after);
    expect(stdout).not.toMatch(/password|sealed/);
    expect(stderr).toBe(`Database: ${me.database}\n`);
  });

  test('with --dry-run says the same of a dry run, and changes nothing', async () => {
    await using me = withUsers();
    const before = await everything(me);
    const { code, stdout, stderr } = await me.run(['users', ...args, '--dry-run'], { input });
    expect(code).toBe(0);
    const [, said = ''] = /^Dry run: (.*)\n$/s.exec(stdout) ?? [];
    expect(said).toMatch(says);
    expect(stderr).toBe(`Dry run: ${me.database} was not changed\n`);
    expect(await everything(me)).toEqual(before);
  });
});

describe.concurrent('what the users commands refuse', () => {
  const refusals: [string, number, RegExp, string?][] = [
    ['list --filter activ', 2, /use one of pending, active, inactive, superuser/],
    ['list --limit 0', 2, /--limit is a whole number of at least 1/],
    ['show', 2, /The username is missing/],
    ['edit ada', 2, /Say what to change: --username, --active, --superuser or --must-change/],
    ['passwd ada --generate --password-stdin', 2, /Give --password-stdin or --generate, not both/],
    ['passwd ada --password-stdin', 2, /No password came from stdin/],
    ['add ADA --generate', 3, /This username is unavailable\./],
    ['add ADA', 3, /This username is unavailable\./],
    ['edit bob --username Ada', 3, /This username is unavailable\./],
    ['show nobody', 4, /There is no user nobody/],
    ['activate nobody', 4, /There is no user nobody/],
    ['unlock nobody', 4, /There is no user nobody/],
    ['mfa reset nobody', 4, /There is no user nobody/],
    ['mfa reset ada', 5, /One-time codes are not set up/],
    ['mfa', 2, /Say which: reset/],
    ['delete nobody --yes', 4, /There is no user nobody/],
    ['deactivate root', 5, /The last superuser stays/],
    ['demote root', 5, /The last superuser stays/],
    ['delete root', 5, /The last superuser stays/],
    ['edit root --no-active', 5, /The last superuser stays/],
    ['add langinfra --generate', 5, /The name langinfra is reserved/],
    ['passwd ada --password-stdin', 5, /A password has at least 8 characters/, 'short'],
  ];
  test.each(refusals)('users %s: exit %i, nothing changed', async (line, code, sentence, input = '') => {
    await using me = withUsers();
    const before = await everything(me);
    const outcome = await me.run(['users', ...line.split(' ')], { input });
    expect(outcome).toEqual({ code, stdout: '', stderr: expect.stringMatching(sentence) });
    expect(outcome.stderr).toMatch(/^langinfra: [^\n]+\n$/);
    expect(await everything(me)).toEqual(before);
  });

  test('users delete of somebody who has flows of the Python Langinfra: exit 5, nothing changed', async () => {
    await using me = withUsers();
    await me.rows('create table flow (id varchar primary key, user_id references user (id))');
    await me.rows("insert into flow select 'flow', id from user where username = 'ada'");
    const before = await everything(me);
    expect(await me.run(['users', 'delete', 'ada'])).toEqual({
      code: 5,
      stdout: '',
      stderr:
        'langinfra: This user still has flows or variables of the Python Langinfra. Delete those there first\n',
    });
    expect(await everything(me)).toEqual(before);
  });

  test.each([
    'list',
    'show ada',
    'add ada --generate',
    'activate ada',
    'passwd ada --generate',
    'delete ada',
  ])('users %s without a database: exit 7, and none is made', async line => {
    await using me = newcomer();
    expect(await me.run(['users', ...line.split(' ')])).toEqual({
      code: 7,
      stdout: '',
      stderr: `langinfra: There is no database at ${me.database}. Make one with: langinfra run, or langinfra superuser\n`,
    });
    expect(me.everything()).toEqual({});
  });
});

test('a username that begins with a dash is taken after --, in every command', async () => {
  await using me = withUsers();
  const run = async (...args: string[]) => {
    const outcome = await me.run(['users', ...args], { input: good });
    expect(outcome).toMatchObject({ code: 0 });
    return outcome.stdout;
  };
  expect(await run('add', '--password-stdin', '--', '-y')).toContain('The user -y was added');
  expect(await run('show', '--', '-y')).toMatch(/^Username +-y$/m);
  expect(await run('activate', '--', '-y')).toBe('-y can sign in now\n');
  expect(await run('promote', '--', '-y')).toContain('-y is a superuser now');
  expect(await run('demote', '--', '-y')).toContain('-y is no superuser');
  expect(await run('deactivate', '--', '-y')).toContain('-y cannot sign in');
  expect(await run('passwd', '--generate', '--', '-y')).toContain('-y has a new password');
  expect(await run('unlock', '--', '-y')).toContain('-y had no failed sign-ins');
  expect(await run('edit', '--username', 'yes', '--', '-y')).toContain('yes (it was called -y)');
  expect(await run('edit', '--username=--json', '--', 'yes')).toContain('--json (it was called yes)');
  expect(await run('delete', '--yes', '--', '--json')).toContain('--json was deleted');
});

test('who failed to sign in too often waits, across a restart, until users unlock', async () => {
  await using me = withUsers({ LANGINFRA_AUTO_LOGIN: 'False' });
  const first = await me.serve();
  for (let at = 0; at < 5; at += 1) expect((await first.login('ada', 'wrong')).status).toBe(401);
  await first.kill();
  // The delay of one second may be over by then; that of failures to come is not.
  const server = await me.serve();
  const wait = async () =>
    Number(/again in (\d+) second/.exec((await server.login('ada', 'wrong')).body.detail)?.[1]);
  await expect.poll(wait, { timeout: 60_000, interval: 200 }).toBeGreaterThan(4);
  expect((await server.login('ada')).status).toBe(429);
  expect((await me.run(['users', 'show', 'ada'])).stdout).toMatch(
    /From 127\.0\.0\.1 it has to wait for another/,
  );
  const unlocked = await me.run(['users', 'unlock', 'ada']);
  expect(unlocked).toEqual({
    code: 0,
    stdout: expect.stringMatching(
      /^ada can try again at once from everywhere: \d+ failed sign-ins forgotten\n$/,
    ),
    stderr: `Database: ${me.database}\n`,
  });
  expect((await server.login('ada')).status).toBe(200);
  // What failed from there is remembered of the address, too, whoever it was.
  const ofSource = await me.run(['users', 'unlock', '--source', '127.0.0.1']);
  expect(ofSource).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /^From 127\.0\.0\.1 people can try again at once: \d+ failed sign-ins forgotten\n$/,
    ),
  });
  const again = await me.run(['users', 'unlock', '--json', '--source', '127.0.0.1']);
  expect(JSON.parse(again.stdout)).toEqual({ source: '127.0.0.1', failures: 0 });
  for (const args of [[], ['ada', '--source', '127.0.0.1']])
    expect(await me.run(['users', 'unlock', ...args])).toMatchObject({
      code: 2,
      stderr: 'langinfra: Name a user, or an address with --source\n',
    });
}, 90_000);

describe.concurrent('passwords of users', () => {
  test('--generate shows one once on stdout, and it signs in', async () => {
    await using me = withUsers({ LANGINFRA_AUTO_LOGIN: 'False' });
    const added = await me.run(['users', 'add', 'dora', '--active', '--generate']);
    const first = /^Password: (\S{20})$/m.exec(added.stdout)?.[1] ?? '';
    expect(added.stderr).not.toContain(first);
    const changed = await me.run(['users', 'passwd', 'ada', '--generate', '--json']);
    // It is no part of the document, which is often kept.
    const second = /^Password: (\S{20})$/m.exec(changed.stderr)?.[1] ?? '';
    expect(changed.stdout).not.toContain(second);
    expect(first).not.toBe(second);
    const server = await me.serve();
    expect((await server.login('dora', first)).status).toBe(200);
    expect((await server.login('ada', second)).status).toBe(200);
    expect((await server.login('ada', good)).status).toBe(401);
  });

  test('--generate shows none in a dry run: it is nobody’s', async () => {
    await using me = withUsers();
    for (const args of [
      ['passwd', 'ada'],
      ['passwd', 'ada', '--json'],
      ['add', 'dora'],
    ]) {
      const { code, stdout, stderr } = await me.run(['users', ...args, '--generate', '--dry-run']);
      expect(code).toBe(0);
      expect(stdout + stderr).not.toContain('Password');
    }
  });

  test('--generate makes one that the policy takes, however long that wants it', async () => {
    await using me = withUsers({ LANGINFRA_PASSWORD_MIN_LENGTH: '40' });
    const { code, stdout } = await me.run(['users', 'passwd', 'ada', '--generate']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^Password: \S{40}\n/) });
  });

  test('are taken from a pipe byte by byte', async () => {
    await using me = withUsers({ LANGINFRA_AUTO_LOGIN: 'False' });
    const password = 'correct\u2028horse\rbattery';
    const changed = await me.run(['users', 'passwd', 'ada', '--password-stdin'], {
      input: `${password}\r\n`,
    });
    expect(changed).toMatchObject({ code: 0 });
    const server = await me.serve();
    expect(await server.login('ada', password)).toMatchObject({ status: 200 });
  });

  test('are not asked for where the name is taken', async () => {
    await using me = withUsers();
    await using ui = me.underShell(['users', 'add', 'ADA']);
    await ui.sees('langinfra: This username is unavailable.', 'exit 3');
    await ui.ended;
    expect(ui.screen()).not.toContain('Password');
  });

  test('are asked for twice on a terminal, not echoed, and again where the two differ', async () => {
    await using me = withUsers();
    await using ui = me.underShell(['users', 'passwd', 'ada']);
    await ui.sees('Password:');
    ui.type('first secret word', keys.enter);
    await ui.sees('Password again:');
    ui.type('second secret word', keys.enter);
    await ui.sees('The two are not the same. Type it again.', /^Password:$/);
    ui.type('third secret word', keys.enter);
    await ui.sees('not the same', 'Password again:');
    ui.type('third secret word', keys.enter);
    await ui.sees('ada has a new password', 'Database:', 'exit 0, terminal settings as before');
    await ui.ended;
    expect(ui.bytes()).not.toContain('secret');
  });

  test('a reset ends the sessions of that user at once, in another process too', async () => {
    await using me = withUsers({ LANGINFRA_AUTO_LOGIN: 'False' });
    const server = await me.serve();
    const bearer = await server.bearer('ada');
    expect((await server.call('GET /api/v1/users/whoami', { bearer })).status).toBe(200);
    await me.run(['users', 'passwd', 'ada', '--generate']);
    const whoami = () => server.call('GET /api/v1/users/whoami', { bearer });
    await eventually(async () => expect((await whoami()).status).toBe(401), 1000);
  });
});

describe.concurrent('users delete on a terminal', () => {
  test('asks first, names whom, and takes enter for no', async () => {
    await using me = withUsers();
    await using ui = me.underShell(['users', 'delete', 'ada']);
    await ui.sees('Delete ada with its folders and sessions? This cannot be undone. [y/N]');
    ui.type(keys.enter);
    await ui.sees('langinfra: Stopped. Nothing was changed', 'exit 1, terminal settings as before');
    await ui.ended;
    expect(await me.rows("select username from user where username = 'ada'")).toHaveLength(1);
  });

  test('deletes after y, and at once with --yes', async () => {
    await using me = withUsers();
    await using asked = me.terminal(['users', 'delete', 'ada']);
    await asked.sees('[y/N]');
    asked.type('y', keys.enter);
    await asked.sees('ada was deleted');
    expect(await asked.ended).toMatchObject({ code: 0 });
    await using sure = me.terminal(['users', 'delete', 'bob', '--yes']);
    await sure.sees('bob was deleted');
    await sure.ended;
    expect(await me.rows('select username from user order by username')).toEqual([
      { username: 'cleo' },
      { username: 'root' },
    ]);
  });
});

describe.concurrent('usernames that act on a terminal', () => {
  const hostile = [
    '\x1b[2J\x1b[31mred',
    '\x1b]0;title\x07',
    '\x1b]52;c;cm0gLXJm\x07',
    'line\nroot  yes  yes',
    'photo\u202egnp.exe',
    'zero\u200bwidth',
    '\x9b31mC1',
    'tab\tbell\x07',
  ];

  test('are printed so that they cannot, in every command', async () => {
    await using me = withUsers();
    await insert(me, hostile);
    const outputs: string[] = [];
    const keep = ({ stdout, stderr }: { stdout: string; stderr: string }) => outputs.push(stdout, stderr);
    const list = await me.run(['users', 'list', '--all']);
    expect(list.stdout.split('\n')).toHaveLength(1 + 4 + hostile.length + 1);
    expect(list.stdout).toContain('·[2J·[31mred');
    keep(list);
    const [red = '', title = '', clipboard = '', newline = ''] = hostile;
    keep(await me.run(['users', 'show', red]));
    keep(await me.run(['users', 'deactivate', title]));
    keep(await me.run(['users', 'edit', clipboard, '--username', newline]));
    keep(await me.run(['users', 'delete', newline]));
    keep(await me.run(['users', 'show', newline]));
    keep(await me.run(['users', 'list', '--filter', '\x1b[31m']));
    keep(await me.run(['users', '\x1b[31m']));
    // Nothing but newlines of all that a terminal would obey.
    for (const output of outputs) expect(output).not.toMatch(/[^\P{C}\n]/u);
  });

  test('are whole in --json, escaped', async () => {
    await using me = withUsers();
    await insert(me, hostile);
    const { stdout } = await me.run(['users', 'list', '--all', '--json']);
    expect(stdout).toMatch(/^[\x20-\x7e\n]*$/);
    const names = JSON.parse(stdout).users.map(({ username }: { username: string }) => username);
    expect(names).toEqual(expect.arrayContaining(hostile));
  });
});

test('a name that looks like another is marked in the list, and warned of where it is let in', async () => {
  await using me = withUsers();
  await me.run(['users', 'add', 'b0b', '--password-stdin'], { input: good });
  expect((await me.run(['users', 'list'])).stdout).toMatch(/^b0b +no +no .* doubtful name, waits \d+ min$/m);
  const { code, stderr } = await me.run(['users', 'activate', 'b0b']);
  expect(code).toBe(0);
  expect(stderr).toContain('langinfra: warning: b0b looks like bob\n');
  expect((await me.run(['users', 'activate', 'cleo'])).stderr).not.toContain('warning');
});
