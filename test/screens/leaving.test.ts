import { describe, expect, test } from 'vitest';
import { openAccounts, operator, type TestAccounts, usual } from '../support/accounts.ts';
import { keys, openTestConsole, signInAs } from '../support/console.tsx';
import { openAdminPage } from '../support/screens.ts';

const { enter, esc, ctrl, up } = keys;

describe('esc goes one step back and never quits', () => {
  test('from a dialog over a search, from the search, and then nothing more', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui } = page;
    await ui.press(...'/ad', enter, 'd');
    await ui.sees('Delete User');
    await ui.press(esc);
    await ui.seesNot('Delete User');
    await ui.sees('/ad');
    await ui.press(esc);
    await ui.seesNot('/ad');
    await ui.press(esc, esc, esc, 'j');
    await ui.sees('› root');
    expect(ui.outcome()).toBeUndefined();
  });

  test('an ordinary user has nothing behind the Profile, and that is said', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    await t.add('ada');
    await using ui = await openTestConsole(t);
    await signInAs(ui, 'ada', usual);
    await ui.sees('Profile');
    await ui.press(esc);
    await ui.sees('Not done: There is nothing behind this page; q quits');
  });
});

describe('q quits, and ctrl-c does so everywhere', () => {
  const places: [string, string[], string][] = [
    ['the Admin Page', [], 'Admin Page'],
    ['a search', ['/', 'a'], '/a'],
    ['a form', ['n'], 'New User'],
    ['a question', ['d'], 'Delete User'],
    ['the details', [enter], 'Version'],
    ['the menu', ['m'], 'Sign out'],
    ['the help', ['?'], 'Type to search'],
    ['the reasons', ['w'], 'Signing in'],
    ['the Profile', ['m', enter], 'Change password'],
    ['the login screen', ['m', up, enter], 'Sign in'],
  ];
  test('ctrl-c, wherever somebody is', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    await t.add('ada');
    for (const [where, way, there] of places) {
      await using ui = await openTestConsole(t);
      await signInAs(ui, 'root', usual);
      await ui.sees('› ada');
      ui.burst(...way);
      await ui.sees(there);
      await ui.press(ctrl('c'));
      await ui.until(() => [where, ui.outcome()]).toEqual([where, {}]);
      // The terminal is as it was: the screen of before, the cursor visible, no paste brackets.
      expect(ui.terminal.buffer.active.type).toBe('normal');
      expect(ui.bytes()).toMatch(/\x1b\[\?25h(?:\x1b\[\?7h)?$/);
      expect(ui.terminal.modes.wraparoundMode).toBe(true);
      expect(ui.terminal.modes.bracketedPasteMode).toBe(false);
      expect(await t.rows('select id from session')).toEqual([]);
    }
  });

  test.each([[], ['m', enter]])('q on a screen: %j', async (...way) => {
    await using page = await openAdminPage();
    const { ui } = page;
    await ui.press(...way);
    await ui.sees(way.length > 0 ? 'Change password' : 'Admin Page');
    await ui.press('q');
    await ui.until(ui.outcome).toEqual({});
  });

  test('q is a letter on the login screen', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    await using ui = await openTestConsole(t);
    await ui.press('q');
    await ui.sees(/Username +q/);
    expect(ui.outcome()).toBeUndefined();
  });
});

describe('ctrl-z', () => {
  test('gives the terminal back, stops, and after fg everything is as before', async () => {
    let stops = 0;
    const stopped = Promise.withResolvers<void>();
    const continued = Promise.withResolvers<void>();
    const stop = () => {
      stops += 1;
      stopped.resolve();
      return continued.promise;
    };
    await using page = await openAdminPage({ users: ['ada'], stop });
    const { ui } = page;
    await ui.sees(' 1 of 2');
    const before = ui.screen();
    await ui.press(ctrl('z'));
    await stopped.promise;
    await ui.until(() => ui.terminal.buffer.active.type).toBe('normal');
    continued.resolve();
    await ui.until(() => ui.terminal.buffer.active.type).toBe('alternate');
    await ui.until(ui.screen).toBe(before);
    await ui.press('j');
    await ui.sees('› root');
    expect(stops).toBe(1);
  });

  test('waits until no change is under way, which would keep the database from everybody', async () => {
    const stopped = Promise.withResolvers<void>();
    const continued = Promise.withResolvers<void>();
    const said: string[] = [];
    const stop = () => {
      said.push('stops');
      stopped.resolve();
      return continued.promise;
    };
    await using page = await openAdminPage({ users: ['ada'], stop });
    const { ui, t, find } = page;
    const open = Promise.withResolvers<void>();
    const change = t.store.write(async () => {
      await open.promise;
      said.push('the change ends');
    });
    await ui.press(ctrl('z'), 'a');
    await ui.sees('Waiting for the database');
    open.resolve();
    await stopped.promise;
    expect(said).toEqual(['the change ends', 'stops']);
    const { id } = (await find('ada')) ?? { id: '' };
    await (await t.another()).accounts.users.change(operator, id, { profileImage: 'Dog.svg' });
    continued.resolve();
    await change;
    await ui.until(() => ui.terminal.buffer.active.type).toBe('alternate');
  });

  test('that waits does not stop a console that has ended meanwhile', async () => {
    let stops = 0;
    const stop = async () => {
      stops += 1;
    };
    await using page = await openAdminPage({ stop });
    const { ui, t } = page;
    const open = Promise.withResolvers<void>();
    const change = t.store.write(() => open.promise);
    await ui.press(ctrl('z'), 'q');
    open.resolve();
    await ui.until(ui.outcome).toEqual({});
    await change;
    expect(stops).toBe(0);
  });

  test('says why where no shell would bring the console back', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    await ui.press(ctrl('z'));
    await ui.sees('Not done: This session cannot be suspended: no shell would bring it back');
    expect(ui.terminal.buffer.active.type).toBe('alternate');
  });
});

describe('what breaks ends the console in order, with the error and nothing of it on the screen', () => {
  const broken: [string, string, (t: TestAccounts) => Partial<TestAccounts['accounts']>][] = [
    ['in a key', 'a', ({ accounts }) => ({ users: { ...accounts.users, whyNot: fails } })],
    [
      'while a screen is drawn',
      'a',
      () => ({ remarkOn: ({ username, isActive }) => (username === 'ada' && !isActive ? fails() : '') }),
    ],
    [
      'while the store is asked',
      'a',
      ({ accounts }) => ({ users: { ...accounts.users, edit: async () => fails() } }),
    ],
  ];
  const fails = () => {
    throw new Error('broken in /home/secret/path.ts');
  };

  test.each(broken)('%s', async (_, key, breaks) => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    await t.add('ada');
    await using ui = await openTestConsole({ accounts: { ...t.accounts, ...breaks(t) } });
    await signInAs(ui, 'root', usual);
    await ui.sees('› ada');
    await ui.press(key);
    await ui.until(() => ui.outcome()?.error?.message).toBe('broken in /home/secret/path.ts');
    expect(ui.terminal.buffer.active.type).toBe('normal');
    expect(ui.bytes()).not.toContain('secret');
  });
});
