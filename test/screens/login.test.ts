import { describe, expect, test } from 'vitest';
import type { Origin } from '../../src/accounts/origin.ts';
import { openAccounts, outcomeOf, usual } from '../support/accounts.ts';
import { keys, openTestConsole, signInAs, type TestConsole } from '../support/console.tsx';

const { enter, tab } = keys;

const withUsers = async () => {
  const t = await openAccounts();
  await t.add('root', { isSuperuser: true });
  await t.add('ada');
  return t;
};

/** The line below the field Password. */
const errorOf = (ui: TestConsole) => {
  const lines = ui.lines();
  return lines[lines.findIndex(line => line.includes('Password')) + 1]?.trim();
};

describe('the login screen', () => {
  test('leads a superuser to the Admin Page', async () => {
    await using t = await withUsers();
    await using ui = await openTestConsole(t);
    await ui.sees('Langinfra');
    await ui.press(...'root', enter, ...usual, enter);
    await ui.sees('Langinfra › Admin Page');
    await ui.sees('root · superuser');
  });

  test('leads an ordinary user to the Profile', async () => {
    await using t = await withUsers();
    await using ui = await openTestConsole(t);
    await signInAs(ui, 'ada', usual);
    await ui.sees('Langinfra › Profile');
    await ui.sees('ada · user');
    await ui.seesNot('Admin Page');
  });

  test('the button Sign in works too, and the username in other letters', async () => {
    await using t = await withUsers();
    await using ui = await openTestConsole(t);
    await ui.press(...'ROOT', tab, ...usual, tab);
    await ui.until(ui.inverse).toContain('[ Sign in ]');
    await ui.press(' ');
    await ui.sees('Admin Page');
  });

  test('says the same whatever is wrong; the username stays and the password is empty again', async () => {
    await using t = await withUsers();
    await using ui = await openTestConsole(t);
    for (const [username, password] of [
      ['', ''],
      ['root', 'wrong horse'],
      ['ROOT', ''],
      ['nobody', usual],
    ] as const) {
      await signInAs(ui, username, password);
      const shown = () => ({
        username: /Username +(\S*) *$/m.exec(ui.screen())?.[1],
        error: errorOf(ui),
        password: /› Password +(\S*) *$/m.exec(ui.screen())?.[1],
      });
      await ui.until(shown).toEqual({ username, error: 'Incorrect username or password', password: '' });
      ui.burst(keys.shiftTab, keys.ctrl('u'));
      await ui.sees(/› Username +$/m);
    }
  });

  test('says Waiting for approval to who never signed in and is not active', async () => {
    await using t = await withUsers();
    await t.add('newcomer', { isActive: false });
    await using ui = await openTestConsole(t);
    await signInAs(ui, 'newcomer', usual);
    await ui.until(() => errorOf(ui)).toBe('Waiting for approval');
  });

  test('says Inactive user to who signed in before and is not active any more', async () => {
    await using t = await withUsers();
    await t.signIn('ada');
    await t.accounts.users.change({ kind: 'operator', osUser: 'tester' }, (await t.signIn('ada')).user.id, {
      isActive: false,
    });
    await using ui = await openTestConsole(t);
    await signInAs(ui, 'ada', usual);
    await ui.until(() => errorOf(ui)).toBe('Inactive user');
  });

  test('says neither of the two after a wrong password', async () => {
    await using t = await withUsers();
    await t.add('newcomer', { isActive: false });
    await using ui = await openTestConsole(t);
    await signInAs(ui, 'newcomer', 'wrong horse');
    await ui.until(() => errorOf(ui)).toBe('Incorrect username or password');
  });

  test('shows the notices of the start, also one that is long or plays tricks', async () => {
    await using t = await withUsers();
    const notices = [
      'The superuser root was created',
      `A path: /${'very/'.repeat(40)}long`,
      'red \x1b[31m ink\nand a line',
    ];
    await using ui = await openTestConsole(t, { notices });
    await ui.sees('The superuser root was created');
    await ui.sees('red ·[31m ink·and a line');
    expect(ui.lines()[23]).toMatch(/sign in +ctrl-c quit/);
    expect(ui.screen()).toContain('[ Sign in ]');
  });

  test('shows a notice that comes later too, for as long as somebody may need it', async () => {
    await using t = await withUsers();
    await using ui = await openTestConsole(t, { notices: ['The superuser root was created'] });
    ui.session.notify('root has another password');
    await ui.sees('root has another password');
    await ui.sees('The superuser root was created');
    await signInAs(ui, 'root', usual);
    await ui.sees('Admin Page');
    ui.session.notify('another one');
    await ui.sees('Note: another one');
    await ui.press('m', keys.up, enter);
    await ui.sees('Sign in');
    // They have been read: who signs in next is not asked to read them again.
    await ui.seesNot('root has another password');
    await ui.seesNot('another one');
  });

  test('what is typed while the sign-in is on its way goes nowhere', async () => {
    await using t = await withUsers();
    await using ui = await openTestConsole(t);
    ui.burst('root', enter, usual, enter, 'asdy', keys.paste('ada'));
    await ui.sees('Admin Page');
    expect(await t.rows('select username from user where version > 1')).toEqual([]);
    expect(ui.screen()).toMatch(/› ada +\[x\] +\[ \]/);
  });
});

describe('the Profile', () => {
  const ofAda = async () => {
    const t = await withUsers();
    const ui = await openTestConsole(t);
    await signInAs(ui, 'ada', usual);
    await ui.sees('Langinfra › Profile');
    return {
      t,
      ui,
      [Symbol.asyncDispose]: async () => {
        await ui[Symbol.asyncDispose]();
        await t[Symbol.asyncDispose]();
      },
    };
  };

  test('shows the username and the flags', async () => {
    await using profile = await ofAda();
    const { ui } = profile;
    await ui.sees(/Username +ada/);
    await ui.sees(/Active +yes/);
    await ui.sees(/Superuser +no/);
  });

  test('changes the own password, which asks for the current one, and ends the other sessions', async () => {
    await using profile = await ofAda();
    const { ui, t } = profile;
    const { actor } = await t.signIn('ada');
    await ui.press(enter);
    await ui.sees('Change Password');
    ui.burst(usual, tab, 'another horse', tab, 'another horse', keys.ctrl('s'));
    await ui.sees('Your password was changed; your other sessions have ended');
    await ui.seesNot('Change Password');
    expect(await t.isSignedIn(actor)).toBe(false);
    await expect(t.signIn('ada')).rejects.toThrow('Incorrect username or password');
    await ui.press('j', 'j', 'j', enter);
    await signInAs(ui, 'ada', 'another horse');
    await ui.sees('Langinfra › Profile');
  });

  test('says next to the field what is wrong', async () => {
    await using profile = await ofAda();
    const { ui, t } = profile;
    const wrong: [typed: [current: string, next: string, confirm: string], label: string, words: string][] = [
      [
        ['wrong horse', 'another horse', 'another horse'],
        'Current Password',
        'The current password is not right',
      ],
      [[usual, 'another horse', 'another house'], 'Confirm Password', 'The two passwords are not the same'],
      [[usual, 'short', 'short'], 'Password', 'A password has at least 8 characters'],
      [[usual, usual, usual], 'Password', "You can't use your current password"],
    ];
    for (const [[current, next, confirm], label, words] of wrong) {
      ui.burst(enter, current, tab, next, tab, confirm, keys.ctrl('s'));
      await ui.sees(words);
      const lines = ui.lines();
      expect(lines[lines.findIndex(line => line.includes(`› ${label} `)) + 1]).toContain(words);
      await ui.press(keys.esc);
      await ui.seesNot('Current Password');
    }
    expect(await t.signIn('ada')).toBeDefined();
  });

  test('Sign out leads back to the login screen, where somebody else can sign in', async () => {
    await using profile = await ofAda();
    const { ui } = profile;
    await ui.press(keys.up);
    await ui.sees('› Sign out');
    await ui.press(enter);
    await ui.sees('Sign in');
    await signInAs(ui, 'root', usual);
    await ui.sees('Admin Page');
  });

  test('the automatic account has no password to change', async () => {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    await t.accounts.bootstrap.prepare(undefined);
    await using ui = await openTestConsole(t);
    await ui.press('m', enter);
    await ui.sees('Langinfra › Profile');
    await ui.sees('Sign out');
    expect(ui.screen()).not.toContain('Change password');
  });
});

describe('sign-ins that failed before', () => {
  test('are counted for whoever signs in, at all doors, with when and where the latest came from', async () => {
    await using t = await openAccounts({ at: '2026-03-01T10:00:00Z' });
    await t.add('root', { isSuperuser: true });
    await t.add('ada');
    const fail = (username: string, from: Origin) =>
      outcomeOf(t.accounts.signIn({ username, password: 'wrong', door: 'local', from }));
    await fail('root', { door: 'local', tty: 'pts/3' });
    await fail('ada', { door: 'http', address: '192.0.2.1' });
    t.pass(120);
    await fail('root', { door: 'http', address: '192.0.2.7' });
    await using ui = await openTestConsole(t);
    await signInAs(ui, 'root', usual);
    await ui.sees(/Note: 2 failed sign-ins since yours, last 2026-03-01 10:02 from 192\.0\.2\.7 *\n/);
    await ui.sees('Admin Page');

    await fail('ada', { door: 'http', address: '192.0.2.1' });
    await t.signInFrom('192.0.2.1', 'ada');
    await using adas = await openTestConsole(t);
    await signInAs(adas, 'ada', usual);
    await adas.sees('Note: 2 failed sign-ins');

    await using again = await openTestConsole(t);
    await signInAs(again, 'root', usual);
    await again.sees(' 1 of 2');
    expect(again.screen()).not.toContain('failed sign-in');
    await fail('root', { door: 'local', tty: 'pts/3' });
    await using third = await openTestConsole(t);
    await signInAs(third, 'root', usual);
    await third.sees('Note: 1 failed sign-in since yours, 2026-03-01 10:02 from pts/3');
  });
});
