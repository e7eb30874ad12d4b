import { chmodSync, chownSync, mkdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  cli,
  good,
  isRoot,
  type Newcomer,
  newcomer,
  program,
  type RunOptions,
  runnableByAll,
} from '../support/program.ts';
import { eventually, keys, untouched } from '../support/pty.ts';

type Env = Record<string, string>;
type Case = {
  args: string[];
  code: number;
  says: RegExp | ((me: Newcomer) => string);
  env?: Env;
  input?: string;
  /** What was there before. */
  given?: (me: Newcomer) => unknown;
};

const nobody = 65_534;
const withRoot = (me: Newcomer) => me.run(['superuser', '--username', 'root'], { input: good });
const serve = ['run', '--headless'];
const list = ['users', 'list'];
const add = (name: string) => ({ args: ['users', 'add', name, '--generate'], given: withRoot });
const addWith = (input: string) => ({
  args: ['users', 'add', 'ada', '--password-stdin'],
  given: withRoot,
  input,
});
const configDir = join('.local', 'share', 'langinfra');
const databaseFile = join(configDir, 'langinfra.db');
const noDatabase = (me: Newcomer) =>
  `${me.database} is damaged or is no Langinfra database. It was left untouched. Bring a backup back with: langinfra restore FILE`;

/** Makes Node believe that it is an older one. */
const olderNode =
  "--import=data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.1.0'}})";

const settings: Record<string, Case> = {
  'a Node that is too old': {
    args: serve,
    env: { NODE_OPTIONS: olderNode },
    code: 1,
    says: /^needs Node\.js 22\.12 or newer, and this is 20\.1\.0\. In a clone, npm start brings its own$/,
  },
  'a boolean that is none': {
    args: serve,
    env: { LANGINFRA_AUTO_LOGIN: 'maybe' },
    code: 2,
    says: /^LANGINFRA_AUTO_LOGIN \(the environment\) is "maybe": use True or False$/,
  },
  'a name nobody knows, with the nearest right one': {
    args: serve,
    env: { LANGINFRA_AUTOLOGIN: 'False' },
    code: 2,
    says: /^LANGINFRA_AUTOLOGIN \(the environment\) is no setting of Langinfra. Did you mean LANGINFRA_AUTO_LOGIN\?$/,
  },
  'an --env-file that is not there': {
    args: ['superuser', '--env-file', 'nowhere.env'],
    code: 2,
    says: me => `The file ${me.home}/nowhere.env, named by --env-file, does not exist`,
  },
  'an --env-file without its name': { args: [...serve, '--env-file'], code: 2, says: /env-file/ },
  'a LANGINFRA_ENV_FILE that is not there': {
    args: serve,
    env: { LANGINFRA_ENV_FILE: 'nowhere.env' },
    code: 2,
    says: me => `The file ${me.home}/nowhere.env, named by LANGINFRA_ENV_FILE, does not exist`,
  },
  'a wrong value in an env file, with its line': {
    args: [...serve, '--env-file', 'my.env'],
    given: me => me.file('my.env', '\nLANGINFRA_PORT=http\n'),
    code: 2,
    says: /^LANGINFRA_PORT \(.*my\.env:2\) is "http": use a whole number from 1 to 65535$/,
  },
  'a superuser without a password': {
    args: serve,
    env: { LANGINFRA_AUTO_LOGIN: 'False', LANGINFRA_SUPERUSER: 'admin' },
    code: 2,
    says: /^LANGINFRA_SUPERUSER \(the environment\) is set and LANGINFRA_SUPERUSER_PASSWORD is not\. Set both or neither$/,
  },
  'a superuser with the reserved name': {
    args: serve,
    env: {
      LANGINFRA_AUTO_LOGIN: 'False',
      LANGINFRA_SUPERUSER: 'Langinfra',
      LANGINFRA_SUPERUSER_PASSWORD: good,
    },
    code: 2,
    says: /^LANGINFRA_SUPERUSER \(the environment\) cannot be used: The name langinfra is reserved/,
  },
  'a secret given twice': {
    args: list,
    env: { LANGINFRA_SECRET_KEY: good, LANGINFRA_SECRET_KEY_FILE: 'key' },
    code: 2,
    says: /^LANGINFRA_SECRET_KEY and LANGINFRA_SECRET_KEY_FILE are both set in the environment\. Keep one of them$/,
  },
  'a database of another kind, without its password': {
    args: list,
    env: { LANGINFRA_DATABASE_URL: 'mysql://me:hunter22@db.example/x' },
    code: 2,
    says: /^LANGINFRA_DATABASE_URL \(the environment\) is "mysql:\/\/\*\*\*@db\.example\/x": use sqlite:/,
  },
};

const databases: Record<string, Case> = {
  'a directory as the database': {
    args: ['superuser'],
    env: { LANGINFRA_DATABASE_URL: 'sqlite:///here' },
    given: me => mkdirSync(join(me.home, 'here')),
    code: 7,
    says: me => `The database ${me.home}/here cannot be opened: it is a directory, not a file`,
  },
  'a file as the config directory': {
    args: serve,
    env: { LANGINFRA_CONFIG_DIR: 'here' },
    given: me => me.file('here', 'text'),
    code: 7,
    says: me => `The directory ${me.home}/here cannot be used: it is a file, not a directory`,
  },
  'a file that is no database': {
    args: serve,
    given: me => me.file(databaseFile, 'These are my notes, and no database.\n'.repeat(1000)),
    code: 7,
    says: noDatabase,
  },
  'a file of a few bytes': {
    args: ['superuser'],
    given: me => me.file(databaseFile, 'notes'),
    code: 7,
    says: noDatabase,
  },
  'the database of another program': {
    args: serve,
    given: async me => {
      me.file(databaseFile, '');
      await me.rows('create table user (id integer primary key, username text)');
    },
    code: 7,
    says: noDatabase,
  },
  'a database cut off in the middle': {
    args: serve,
    given: async me => {
      await withRoot(me);
      truncateSync(me.database, statSync(me.database).size / 2);
    },
    code: 7,
    says: noDatabase,
  },
  'a database of a newer version': {
    args: serve,
    given: async me => {
      await withRoot(me);
      await me.rows("update meta set value = '99' where key = 'schema_version'");
    },
    code: 7,
    says: me =>
      `The database ${me.database} was written by a newer Langinfra. It was left untouched; start the newer version`,
  },
  'a database that others can read, with the line that mends it': {
    args: list,
    given: async me => {
      await withRoot(me);
      chmodSync(me.database, 0o644);
    },
    code: 7,
    says: me => `Others can read or change ${me.database}. Mend it with: chmod 600 ${me.database}`,
  },
  'a secret key that others can read, with the line that mends it': {
    args: list,
    given: async me => {
      await withRoot(me);
      chmodSync(join(me.configDir, 'secret_key'), 0o640);
    },
    code: 7,
    says: me =>
      `Others can read or change ${me.configDir}/secret_key. Mend it with: chmod 600 ${me.configDir}/secret_key`,
  },
  'a config directory that others can enter, with the line that mends it': {
    args: list,
    given: async me => {
      await withRoot(me);
      chmodSync(me.configDir, 0o711);
    },
    code: 7,
    says: me => `Others can read or change ${me.configDir}. Mend it with: chmod 700 ${me.configDir}`,
  },
};

const names: Record<string, Case> = {
  'a username of escape sequences': {
    ...add('\x1b]0;root\x07\x1b[8mhidden'),
    code: 5,
    says: /^A username has no control, invisible or broken characters$/,
  },
  'a username with a newline': {
    ...add('ada\nroot'),
    code: 5,
    says: /^A username has no control, invisible or broken characters$/,
  },
  'a username of 65 characters': {
    ...add('x'.repeat(65)),
    code: 5,
    says: /^A username has at most 64 characters$/,
  },
  'no username': { ...add(''), code: 5, says: /^A username has at least one character$/ },
  'a username with a space at its end': {
    ...add('ada '),
    code: 5,
    says: /^A username has no space at its ends$/,
  },
  'a password of 73 bytes': {
    ...addWith('x'.repeat(73)),
    code: 5,
    says: /^A password has at most 72 bytes; this one has 73$/,
  },
  'a password of 37 letters of two bytes each': {
    ...addWith('ä'.repeat(37)),
    code: 5,
    says: /^A password has at most 72 bytes; this one has 74$/,
  },
  'a common password': {
    ...addWith('trustno1'),
    code: 5,
    says: /^This is one of the most common passwords$/,
  },
  'a password that everybody tries first': {
    args: ['superuser', '--username', 'root'],
    input: 'Admin2026!',
    code: 5,
    says: /^Words like admin are tried first, with digits too$/,
  },
  'a password with a NUL': {
    ...addWith('correct\0horse'),
    code: 5,
    says: /^A password has no NUL character$/,
  },
  'a password that is the username': {
    args: ['superuser', '--username', 'new-superuser'],
    input: 'New-Superuser',
    code: 5,
    says: /^A password can't be the username$/,
  },
};

const commandLines: Record<string, Case> = {
  'the console without a terminal': {
    args: ['run'],
    code: 2,
    says: /^The console needs a terminal\. Without one, use: langinfra run --headless$/,
  },
  'an env file without a terminal': {
    args: ['--env-file', 'my.env'],
    given: me => me.file('my.env', ''),
    code: 2,
    says: /^The console needs a terminal\. Without one, use: langinfra run --headless$/,
  },
  'nothing at all without a terminal': {
    args: [],
    code: 2,
    says: /^The console needs a terminal\. Without one, use: langinfra run --headless$/,
  },
  'an unknown command, with the nearest': {
    args: ['usres'],
    code: 2,
    says: /^There is no command usres\. Did you mean users\?$/,
  },
  'an unknown command of users, with the nearest': {
    args: ['users', 'lst'],
    code: 2,
    says: /^There is no command lst\. Did you mean list\?$/,
  },
  'an unknown command near to none': {
    args: ['frobnicate'],
    code: 2,
    says: /^There is no command frobnicate\. See: langinfra --help$/,
  },
  'an unknown option, with the nearest': {
    args: ['users', 'list', '--josn'],
    code: 2,
    says: /^There is no option --josn here\. Did you mean --json\?$/,
  },
  'an unknown option of two words, with the nearest': {
    args: ['users', 'passwd', 'ada', '--pasword-stdin'],
    code: 2,
    says: /^There is no option --pasword-stdin here\. Did you mean --password-stdin\?$/,
  },
  'a password as an argument': {
    args: ['users', 'add', 'ada', '--password', 'hunter22'],
    code: 2,
    says: /^There is no option --password here\. See: langinfra --help$/,
  },
  'an option that acts on a terminal': {
    args: ['users', 'list', '--\x1b[31mred'],
    code: 2,
    says: /^There is no option --·\[31mred here\./,
  },
  'one word too many': {
    args: ['users', 'show', 'ada', 'bob'],
    code: 2,
    says: /^bob is one word too many\. See: langinfra --help$/,
  },
  'no username': {
    args: ['users', 'show'],
    code: 2,
    says: /^The username is missing\. See: langinfra --help$/,
  },
  'an unknown letter': {
    args: ['users', 'list', '-q'],
    code: 2,
    says: /^There is no option -q here\. See: langinfra --help$/,
  },
  'an unknown choice': {
    args: ['users', 'list', '--filter', 'foo'],
    code: 2,
    says: /^--filter is "foo": use one of pending, active, inactive, superuser$/,
  },
  'all users and a limit': {
    args: ['users', 'list', '--all', '--limit', '1'],
    code: 2,
    says: /^Give --all or --limit, not both$/,
  },
  'an --env-file with nothing after it': {
    args: ['--env-file'],
    code: 2,
    says: /^--env-file needs a value$/,
  },
  'an empty --env-file': {
    args: ['config', '--env-file', ''],
    code: 2,
    says: /^--env-file is empty: give it/,
  },
  'an --env-file that is none': {
    args: [...serve, '--no-env-file'],
    code: 2,
    says: /^--env-file needs a value$/,
  },
  'an --env-file of many': {
    args: ['--env-file.x=1'],
    code: 2,
    says: /^There is no option --env-file\.x here\. Did you mean --env-file\?$/,
  },
  'a port that is not said': { args: [...serve, '--no-port'], code: 2, says: /^--port needs a value$/ },
  'an empty port': {
    args: [...serve, '--port='],
    code: 2,
    says: /^--port is empty: give it a value, or leave it out$/,
  },
  'a port of many': {
    args: [...serve, '--port.x', '3'],
    code: 2,
    says: /^There is no option --port\.x here\. Did you mean --port\?$/,
  },
  'a port of a door that is not opened': {
    args: ['run', '--ssh', '--port', '7970'],
    code: 2,
    says: /^--port is nothing without --headless: add it, or leave --port out$/,
  },
  'an SSH port without the SSH door': {
    args: [...serve, '--ssh-port', '7970'],
    code: 2,
    says: /^--ssh-port is nothing without --ssh: add it, or leave --ssh-port out$/,
  },
  'a look for a console that is not opened': {
    args: [...serve, '--ascii'],
    code: 2,
    says: /^--ascii is about the console on this terminal, and --headless opens none: leave --ascii out$/,
  },
  'a voice for a console that is not opened': {
    args: ['run', '--ssh', '--screen-reader'],
    code: 2,
    says: /^--screen-reader is about the console on this terminal, and --ssh opens none: leave --screen-reader out$/,
  },
  'a host that is not said': { args: [...serve, '--no-host'], code: 2, says: /^--host needs a value$/ },
  'an empty host': {
    args: [...serve, '--host='],
    code: 2,
    says: /^--host is empty: give it a value, or leave it out$/,
  },
  'a new name that is not said': {
    args: ['users', 'edit', 'ada', '--no-username'],
    code: 2,
    says: /^--username needs a value$/,
  },
  'a port that is none': {
    args: [...serve, '--port', '70000'],
    code: 2,
    says: /^LANGINFRA_PORT \(--port\) is "70000": use a whole number from 1 to 65535$/,
  },
};

/** Runs it, and sees that it says one line beside warnings, and that not a byte of the home is different. */
const isRefused = async (me: Newcomer, { args, code, says, input = '' }: Case, options: RunOptions = {}) => {
  const before = me.everything();
  const outcome = await me.run(args, { input, ...options });
  expect(outcome).toMatchObject({ code, stdout: '' });
  const said = outcome.stderr.split('\n').filter(line => !line.startsWith('langinfra: warning: '));
  expect(said).toEqual([expect.stringMatching(/^langinfra: \S/), '']);
  const sentence = said[0]?.slice('langinfra: '.length);
  if (typeof says === 'function') expect(sentence).toBe(says(me));
  else expect(sentence).toMatch(says);
  expect(outcome.stderr).not.toContain('hunter22');
  expect(me.everything()).toEqual(before);
};

const everyCase = { settings, databases, 'names and passwords': names, 'command lines': commandLines };
describe.concurrent.each(Object.entries(everyCase))('%s', (_what, cases) => {
  test.each(Object.entries(cases))(
    '%s is refused in one line, and nothing is made or changed',
    async (_name, its) => {
      await using me = newcomer(its.env);
      await its.given?.(me);
      await isRefused(me, its);
    },
  );
});

describe.concurrent('what is no mistake', () => {
  test('a username of two scripts', async () => {
    await using me = newcomer();
    await withRoot(me);
    // Its second letter is Cyrillic.
    const outcome = await me.run(['users', 'add', 'p\u0430ypal', '--generate']);
    expect(outcome).toMatchObject({ code: 0 });
    expect(await me.rows('select username from user')).toContainEqual({ username: 'p\u0430ypal' });
  });

  test('a username of 64 emoji and a password of 72 bytes', async () => {
    await using me = newcomer();
    await withRoot(me);
    const args = ['users', 'add', '🦊'.repeat(64), '--password-stdin'];
    expect(await me.run(args, { input: `${'ä'.repeat(35)}ü` })).toMatchObject({ code: 0 });
  });

  test('an empty file where the database is to be', async () => {
    await using me = newcomer();
    me.file(databaseFile, '');
    expect(await withRoot(me)).toMatchObject({ code: 0 });
  });
});

describe.concurrent('a directory that cannot be written', () => {
  const giveToNobody = (...paths: string[]) => {
    if (isRoot) for (const path of paths) chownSync(path, nobody, nobody);
  };
  /** Root may write everywhere, so it is nobody who tries then. */
  const asNobody = (me: Newcomer): RunOptions =>
    isRoot ? { ...runnableByAll(me), uid: nobody, gid: nobody } : {};

  test('is named where a database is to be made in it: exit 7', async () => {
    await using me = newcomer({ LANGINFRA_CONFIG_DIR: 'shut/langinfra' });
    const shut = join(me.home, 'shut');
    mkdirSync(shut, { mode: 0o500 });
    giveToNobody(shut);
    const its = {
      args: serve,
      code: 7,
      says: () => `The directory ${shut}/langinfra cannot be used: permission denied`,
    };
    await isRefused(me, its, asNobody(me));
    chmodSync(shut, 0o700);
  });

  test('is named where the database is in it: exit 7, and the database stays as it was', async () => {
    await using me = newcomer({ LANGINFRA_CONFIG_DIR: 'shut' });
    const shut = join(me.home, 'shut');
    await withRoot(me);
    giveToNobody(shut, join(shut, 'langinfra.db'), join(shut, 'secret_key'));
    chmodSync(shut, 0o500);
    const sentence = `The database ${shut}/langinfra.db cannot be written. Check who owns the file and its directory`;
    const its = { args: ['users', 'deactivate', 'root'], code: 7, says: () => sentence };
    await isRefused(me, its, asNobody(me));
    chmodSync(shut, 0o700);
  });
});

describe.concurrent('a terminal that is too small', () => {
  test('gets one sentence; q quits, and the terminal is as it was', async () => {
    await using me = newcomer();
    await using ui = me.terminal([], { columns: 20, rows: 5 });
    await eventually(() =>
      expect(ui.screen().replace(/\s+/g, ' ')).toBe('Langinfra needs 80x24; this terminal is 20x5. q quits.'),
    );
    ui.type('n', 'q');
    expect(await ui.ended).toEqual({ code: 0, signal: 0 });
    expect(ui.leftBehind()).toEqual(untouched);
  });

  test('gets the console as soon as it is large enough', async () => {
    await using me = newcomer();
    await using ui = me.terminal([], { columns: 60, rows: 24 });
    await ui.sees('this terminal is 60x24');
    ui.resize({ columns: 80, rows: 24 });
    await ui.sees('Admin Page', 'langinfra automatic');
    ui.resize({ columns: 80, rows: 23 });
    await ui.sees('this terminal is 80x23');
    ui.type(keys.ctrl('c'));
    expect(await ui.ended).toMatchObject({ code: 0 });
  });
});

test('a console whose output is a pipe is refused, though keys come from a terminal', async () => {
  await using me = newcomer();
  await using ui = me.shell(
    `${program.map(word => `'${word}'`).join(' ')} run | cat; echo "code \${PIPESTATUS[0]}"`,
  );
  await ui.sees('langinfra: The console needs a terminal.', /^code 2$/);
  await ui.ended;
});

test('an --env-file that is not there, given to the program as it is installed', async () => {
  await using me = newcomer();
  const outcome = await me.run(['config', '--env-file', 'nowhere.env'], { command: [cli] });
  expect(outcome).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^langinfra: The file .* does not exist\n$/),
  });
});
