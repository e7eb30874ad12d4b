import { describe, expect, test } from 'vitest';
import { endedWith, good } from '../support/program.ts';
import { eventually, keys, untouched } from '../support/pty.ts';
import { ada, openHost, signIn, waysIn } from './host.ts';

const paste = (text: string) => `\x1b[200~${text}\x1b[201~`;

describe.each(Object.entries(waysIn))('through %s', (_name, { options, args }) => {
  test('somebody signs in, changes something and quits, and nothing is left on either side', async () => {
    await using host = await openHost(options);
    const { me, server } = host;
    await using ui = server.sshUnderShell(args);
    await signIn(ui);
    expect(server.terminals()).toHaveLength(1);
    expect(await me.rows('select door from session')).toEqual([{ door: 'local' }]);
    ui.type('a');
    await ui.sees('ada is not active any more');
    ui.type('q');
    await ui.sees(endedWith(0));
    await ui.ended;
    expect(ui.leftBehind()).toEqual(untouched);
    await eventually(() => expect(server.left()).toEqual([]));
    expect(await ada(host)).toMatchObject({ is_active: 0, version: 2 });
    expect(await me.rows('select door from session')).toEqual([]);
  });

  test('ctrl-c quits while a password is typed, which nobody sees', async () => {
    await using host = await openHost(options);
    await using ui = host.server.sshUnderShell(args);
    await ui.sees('Sign in');
    ui.type('root', keys.enter, 'half a secret');
    await ui.sees('•'.repeat('half a secret'.length));
    ui.type(keys.ctrl('c'));
    await ui.sees(endedWith(0));
    await ui.ended;
    expect(ui.leftBehind()).toEqual(untouched);
    expect(ui.bytes()).not.toContain('secret');
    await eventually(() => expect(host.server.left()).toEqual([]));
  });

  test('what is pasted into the fields of New User is saved, and of several lines the first', async () => {
    await using host = await openHost(options);
    const { me } = host;
    await using ui = host.server.ssh(args);
    await signIn(ui);
    expect(ui.leftBehind()).toMatchObject({ screen: 'alternate', bracketedPaste: true });
    ui.type('n');
    await ui.sees('New User');
    ui.type(paste('grace höpper 日本\r\nq\r\nsecond line'));
    await ui.sees('grace höpper 日本');
    ui.type(keys.tab, paste(good), keys.tab, paste(good), keys.ctrl('s'));
    await ui.sees('› grace höpper 日本');
    await ui.seesNot('New User');
    expect(await me.rows("select username from user where username like 'grace%'")).toEqual([
      { username: 'grace höpper 日本' },
    ]);
  });

  test('another size of the window of the client comes through', async () => {
    await using host = await openHost(options);
    await using ui = host.server.ssh(args, { columns: 100, rows: 30 });
    await signIn(ui);
    await ui.sees(/^ Langinfra › Admin Page/, 'Last login', /quit$/);
    ui.resize({ columns: 60, rows: 15 });
    await ui.sees(/^Langinfra needs 80x24; this terminal is 60x15\. q quits\.$/);
    ui.resize({ columns: 80, rows: 24 });
    await ui.sees(/^ Langinfra › Admin Page/, /^› ada/, /quit$/);
    expect(ui.screen().split('\n')).toHaveLength(24);
    ui.resize({ columns: 200, rows: 60 });
    await ui.sees(/^ Langinfra › Admin Page/, 'Last login', /quit$/);
    expect(ui.screen().split('\n')).toHaveLength(60);
  });

  test('ctrl-z says why it cannot work, and the console goes on', async () => {
    await using host = await openHost(options);
    await using ui = host.server.ssh(args);
    await signIn(ui);
    ui.type(keys.ctrl('z'));
    await ui.sees('This session cannot be suspended: no shell would bring it back');
    ui.type('a');
    await ui.sees('ada is not active any more');
  });

  test('without a terminal it says what it needs', async () => {
    await using host = await openHost(options);
    const { code, stdout, stderr } = await host.server.sshInScript(
      args.map(arg => (arg === '-t' ? '-T' : arg)),
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^langinfra: The console needs a terminal/m);
  });
});

test('in a shell on the other side, ctrl-z comes back to it, and fg to the console', async () => {
  await using host = await openHost();
  await using ui = host.server.ssh(['-t', 'server', 'PS1="there$ " bash --norc --noprofile -i']);
  await ui.sees('there$');
  ui.type('langinfra run', keys.enter);
  await signIn(ui);
  ui.type(keys.ctrl('z'));
  await ui.sees('Stopped', 'there$');
  ui.type('fg', keys.enter);
  await ui.sees('Admin Page', /› ada +\[x\]/);
  ui.type('a');
  await ui.sees('ada is not active any more');
  ui.type('q');
  await ui.sees('there$');
  ui.type('exit', keys.enter);
  expect(await ui.ended).toMatchObject({ code: 0 });
});

test('where sign-in is automatic, the screen says what that means over SSH', async () => {
  await using host = await openHost();
  await using ui = host.server.ssh(['-t', 'server', 'LANGINFRA_AUTO_LOGIN=True langinfra run']);
  await ui.sees('Admin Page', 'Over SSH that means: whoever can open this session is a superuser.');
});
