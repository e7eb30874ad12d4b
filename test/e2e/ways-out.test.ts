import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { endProcess, isRunning } from '../support/processes.ts';
import { endedWith, good, type Newcomer, newcomer, program } from '../support/program.ts';
import { eventually, keys, openPty, type Pty, untouched } from '../support/pty.ts';

const sessions = 'select door from session';

/** The console under a shell, on the Admin Page. */
const openAdminPage = async (me: Newcomer): Promise<Pty> => {
  const ui = me.underShell(['run']);
  await ui.sees('Admin Page', 'langinfra automatic');
  expect(ui.leftBehind()).toMatchObject({ screen: 'alternate', cursorShown: false });
  return ui;
};
const pidOf = (ui: Pty): number => ui.pidOf(process.execPath);

/** Another program makes a table's name another one: from then on every question to it is an error nobody foresaw. */
const breakDatabase = (me: Newcomer) => me.rows('alter table session rename to elsewhere');
const garbage = Buffer.alloc(200_000, 'no database ');

type Way = { leave: (ui: Pty, me: Newcomer) => unknown; code: number; says?: RegExp };
const ways: Record<string, Way> = {
  q: { leave: ui => ui.type('q'), code: 0 },
  'ctrl-c': { leave: ui => ui.type(keys.ctrl('c')), code: 0 },
  'ctrl-c in a form that is half filled in': {
    leave: async ui => {
      ui.type('n');
      await ui.sees('New User');
      ui.type('half', keys.ctrl('c'));
    },
    code: 0,
  },
  SIGTERM: { leave: ui => process.kill(pidOf(ui), 'SIGTERM'), code: 0 },
  SIGHUP: { leave: ui => process.kill(pidOf(ui), 'SIGHUP'), code: 0 },
  SIGINT: { leave: ui => process.kill(pidOf(ui), 'SIGINT'), code: 0 },
  'two signals, one after the other': {
    leave: ui => {
      const pid = pidOf(ui);
      for (const signal of ['SIGTERM', 'SIGHUP'] as const) endProcess(pid, signal);
    },
    code: 0,
  },
  'an error inside': {
    leave: (_ui, me) => breakDatabase(me),
    code: 1,
    says: /^langinfra: internal error: .*no such table: session$/m,
  },
};

describe.concurrent('the console gives the terminal back as it was', () => {
  test.each(Object.entries(ways))('after %s', async (_name, { leave, code, says = /./ }) => {
    await using me = newcomer();
    await using ui = await openAdminPage(me);
    await leave(ui, me);
    await ui.sees(endedWith(code));
    expect(ui.screen()).toMatch(says);
    // One line at most beside what the shell says: no stack, no path of ours.
    expect(ui.screen().split('\n').length).toBeLessThanOrEqual(code === 0 ? 1 : 2);
    await ui.ended;
    expect(ui.leftBehind()).toEqual(untouched);
    if (code === 0) expect(await me.rows(sessions)).toEqual([]);
  });

  test('on the login screen, by ctrl-c, while a password is typed', async () => {
    await using me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False' });
    await me.run(['superuser', '--username', 'root'], { input: good });
    await using ui = me.underShell(['run']);
    await ui.sees('Sign in');
    ui.type('root', keys.enter, 'half a secret', keys.ctrl('c'));
    await ui.sees(endedWith(0));
    await ui.ended;
    expect(ui.leftBehind()).toEqual(untouched);
    expect(ui.bytes()).not.toContain('secret');
  });

  test('where the database was replaced by garbage, and says so', async () => {
    await using me = newcomer();
    await using ui = await openAdminPage(me);
    for (const suffix of ['', '-wal', '-shm']) writeFileSync(`${me.database}${suffix}`, garbage);
    ui.type('r', 'q');
    // What it finds first depends on what it had read already; it may be an error that nobody foresaw.
    await ui.sees(/^langinfra: /, /^exit [17], terminal settings as before$/);
    await ui.ended;
    expect(ui.leftBehind()).toEqual(untouched);
  });

  test('where the database was taken away under it', async () => {
    await using me = newcomer();
    await using ui = await openAdminPage(me);
    rmSync(me.configDir, { recursive: true });
    ui.type('r', 'q');
    await ui.sees(/^exit \d, terminal settings as before$/);
    await ui.ended;
    expect(ui.leftBehind()).toEqual(untouched);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('under npm start, after %s to npm', async signal => {
    await using me = newcomer();
    await using ui = me.npmStart();
    await ui.sees('Admin Page', 'langinfra automatic');
    process.kill(ui.pid, signal);
    await ui.ended;
    expect(ui.leftBehind()).toEqual(untouched);
    await eventually(async () => expect(await me.rows(sessions)).toEqual([]));
  });

  test('and is gone within two seconds when its window is closed, and so is its session', async () => {
    await using me = newcomer();
    await using ui = me.terminal();
    await ui.sees('Admin Page');
    expect(await me.rows(sessions)).toEqual([{ door: 'local' }]);
    ui.closeWindow();
    await eventually(() => expect(isRunning(ui.pid)).toBe(false), 2000);
    expect(await me.rows(sessions)).toEqual([]);
  });

  test('and is gone when the window of the shell that started it is closed', async () => {
    await using me = newcomer();
    await using ui = await openAdminPage(me);
    const pid = pidOf(ui);
    ui.closeWindow();
    await eventually(() => expect(isRunning(pid)).toBe(false), 2000);
    expect(await me.rows(sessions)).toEqual([]);
  });
});

describe.concurrent('ctrl-z under a shell', () => {
  const prompt = 'shell$';
  /** The shell itself has bracketed paste on. */
  const givenBack = { ...untouched, bracketedPaste: expect.any(Boolean) };
  const command = program.map(word => `'${word}'`).join(' ');
  /** The console as a job of an interactive shell, just suspended. */
  const suspended = async (me: Newcomer): Promise<Pty> => {
    const ui = openPty(['bash', '--norc', '--noprofile', '-i'], {
      cwd: me.home,
      env: { ...me.env, PS1: `${prompt} `, HISTFILE: '' },
    });
    await ui.sees(prompt);
    ui.type('before=$(stty -g); clear', keys.enter, command, keys.enter);
    await ui.sees('Admin Page', 'langinfra automatic');
    ui.type(keys.ctrl('z'));
    await ui.sees('Stopped', prompt);
    return ui;
  };

  test('gives the terminal back, and fg comes back to the same screen, whose keys work', async () => {
    await using me = newcomer();
    await using ui = await suspended(me);
    await eventually(() => expect(ui.leftBehind()).toMatchObject(givenBack));
    ui.type('clear; [ "$(stty -g)" = "$before" ] && echo settings as before', keys.enter);
    await ui.sees(/^settings as before$/);

    ui.type('fg', keys.enter);
    await ui.sees('Admin Page', 'langinfra automatic');
    expect(ui.leftBehind()).toMatchObject({ screen: 'alternate', cursorShown: false });
    ui.type('n');
    await ui.sees('New User');
    ui.type(keys.esc);
    await ui.seesNot('New User');

    ui.type(keys.ctrl('z'));
    await ui.sees('Stopped', prompt);
    ui.type('fg', keys.enter);
    await ui.sees('Admin Page');
    ui.type('q');
    await ui.sees(/^shell\$$/);
    ui.type('echo "code $?"; [ "$(stty -g)" = "$before" ] && echo settings as before', keys.enter);
    await ui.sees(/^code 0$/, /^settings as before$/);
    await eventually(() => expect(ui.leftBehind()).toMatchObject(givenBack));
  });

  test('fg draws for the size that the terminal has by then', async () => {
    await using me = newcomer();
    await using ui = await suspended(me);
    ui.resize({ columns: 120, rows: 30 });
    ui.type('fg', keys.enter);
    await ui.sees(/^ Langinfra › Admin Page/, 'Last login', 'langinfra automatic', /quit$/);
    expect(ui.screen().split('\n')).toHaveLength(30);
  });

  test('after a stop from outside, fg draws over what the shell wrote', async () => {
    await using me = newcomer();
    await using ui = await suspended(me);
    ui.type('fg', keys.enter);
    await ui.sees('Admin Page');
    process.kill(pidOf(ui), 'SIGSTOP');
    await ui.sees('Stopped');
    ui.type('fg', keys.enter);
    await ui.sees(/^ Langinfra › Admin Page/, 'langinfra automatic', /quit$/);
    await ui.seesNot('Stopped');
    ui.type('n');
    await ui.sees('New User');
  });

  test('fg shows what others changed meanwhile', async () => {
    await using me = newcomer();
    await using ui = await suspended(me);
    await me.add('ada');
    ui.type('fg', keys.enter);
    await ui.sees('Admin Page', /ada +\[x\]/);
  });

  test('a console that is suspended is gone, with its session, when the window is closed', async () => {
    await using me = newcomer();
    await using ui = await suspended(me);
    const pid = pidOf(ui);
    ui.closeWindow();
    await eventually(() => expect(isRunning(pid)).toBe(false), 4000);
    expect(await me.rows(sessions)).toEqual([]);
  });
});
