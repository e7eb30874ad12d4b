import { describe, expect, test } from 'vitest';
import { usual } from '../support/accounts.ts';
import { keys } from '../support/console.tsx';
import { numbered, openAdminPage } from '../support/screens.ts';

const { tab, shiftTab, enter, esc } = keys;

describe('n adds a user', () => {
  test('who is there at once, with the cursor on it, and can sign in', async () => {
    await using page = await openAdminPage({ users: ['ada', 'zoe'] });
    const { ui, find, t } = page;
    await ui.press('n');
    await ui.sees('New User');
    await ui.press(...'bob', enter, ...usual, enter, ...usual, tab, ' ', enter, enter, enter, enter);
    await ui.sees(/› bob +\[x\] +\[ \]/);
    await ui.sees('bob was added');
    await ui.sees(' 2 of 4');
    await ui.seesNot('New User');
    expect(await find('bob')).toMatchObject({
      isActive: true,
      isSuperuser: false,
      mustChangePassword: false,
    });
    expect(await t.signIn('bob')).toMatchObject({ user: { username: 'bob' } });
    expect(
      await t.rows('select name from folder where user_id = (select id from user where username = ?)', 'bob'),
    ).toEqual([{ name: 'My Projects' }]);
  });

  test('not active and no superuser unless that is chosen', async () => {
    await using page = await openAdminPage();
    const { ui, find } = page;
    ui.burst('n', 'bob', tab, usual, tab, usual, keys.ctrl('s'));
    await ui.sees(/› bob[\w ]* \[ \] +\[ \]/);
    expect(await find('bob')).toMatchObject({ isActive: false, isSuperuser: false });
  });

  test('active to begin with where LANGINFRA_NEW_USER_IS_ACTIVE says so', async () => {
    await using page = await openAdminPage({ settings: { newUserIsActive: true } });
    const { ui } = page;
    await ui.press('n');
    await ui.sees('[x] Active');
    await ui.sees('[ ] Superuser');
  });

  test('the list scrolls to where it belongs, out of a search that does not have it', async () => {
    await using page = await openAdminPage({ listed: numbered(299) });
    const { ui } = page;
    ui.burst('/user00', enter, 'n', 'user150b', tab, usual, tab, usual, keys.ctrl('s'));
    await ui.sees('› user150b');
    await ui.sees(' 152 of 301');
    await ui.seesNot('/user00');
  });

  test('also where the search found nobody', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    ui.burst('/zzz', enter);
    await ui.sees('No username has that');
    ui.burst('n', 'bob', tab, usual, tab, usual, keys.ctrl('s'));
    await ui.sees(/› bob /);
    await ui.sees(' 1 of 2');
  });
});

describe('an error stands next to its field, and what was typed stays', () => {
  const wrong: [typed: [name: string, password: string, confirm: string], label: string, words: string][] = [
    [['ROOT', usual, usual], 'Username', 'This username is unavailable.'],
    [['', usual, usual], 'Username', 'A username has at least one character'],
    [[' bob ', usual, usual], 'Username', 'A username has no space at its ends'],
    [['Langinfra', usual, usual], 'Username', 'The name langinfra is reserved for automatic sign-in'],
    [['bob', 'short', 'short'], 'Password', 'A password has at least 8 characters'],
    [['bob', usual, `${usual}!`], 'Confirm Password', 'The two passwords are not the same'],
    [['bobobobo', 'bobobobo', 'bobobobo'], 'Password', "A password can't be the username"],
    [['bob', 'trustno1', 'trustno1'], 'Password', 'This is one of the most common passwords'],
    [['bobo', '23-bobo!', '23-bobo!'], 'Password', 'The username and some digits or signs is too easy'],
    [['bob', 'admin123!', 'admin123!'], 'Password', 'Words like admin are tried first, with digits too'],
    [['bob', '12121212', '12121212'], 'Password', 'The same again and again, or abc in order, is too easy'],
  ];

  test('in New User', async () => {
    await using page = await openAdminPage();
    const { ui, t } = page;
    const before = await t.everything();
    const dots = (length: number) => new RegExp(` •{${length}} *│`);
    for (const [[name, password, confirm], label, words] of wrong) {
      ui.burst('n', name, tab, password, tab, confirm, tab, ' ', keys.ctrl('s'));
      await ui.sees(words);
      const lines = ui.lines();
      expect(lines[lines.findIndex(line => line.includes(`› ${label} `)) + 1]).toContain(words);
      expect(ui.line('Username  ')).toContain(name);
      expect(lines.find(line => /[› ] Password /.test(line))).toMatch(dots(password.length));
      expect(ui.line('Confirm Password')).toMatch(dots(confirm.length));
      expect(ui.screen()).toContain('[x] Active');
      await ui.press(esc);
      await ui.seesNot('New User');
    }
    expect(await t.everything()).toEqual(before);
  });

  test('what is typed while it is being saved goes nowhere', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    ui.burst('n', 'bob', tab, 'short', tab, 'short', keys.ctrl('s'), 'xyz', keys.paste('xyz'), tab, 'xyz');
    await ui.sees('A password has at least 8 characters');
    expect(ui.screen().match(/•+/g)).toEqual(['•••••', '•••••']);
    expect(ui.line('Username  ')).toMatch(/ bob +│/);
  });

  test('mending it is enough', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui } = page;
    ui.burst('n', 'ada', tab, usual, tab, usual, keys.ctrl('s'));
    await ui.sees('This username is unavailable.');
    ui.burst(' lovelace', keys.ctrl('s'));
    await ui.sees(/› ada lovelace /);
  });

  test('a new form starts clean', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    ui.burst('n', 'bob', tab, 'short', tab, 'short', tab, ' ', keys.ctrl('s'));
    await ui.sees('A password has at least');
    await ui.press(esc);
    await ui.seesNot('New User');
    await ui.press('n');
    await ui.sees('New User');
    expect(ui.screen()).not.toMatch(/bob|•|A password|\[x\] Active/);
    expect(ui.screen()).toContain('› Username');
  });
});

describe('in a form', () => {
  test('tab and down go on, shift-tab and up go back, around both ends', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    await ui.press('n');
    const fields = ['› Username', '› Password', '› Confirm Password'];
    const stops = [...fields, '› [ ] Active', '› [ ] Superuser', '› [ ] Must change password'];
    for (const [next, before] of [
      [tab, shiftTab],
      [keys.down, keys.up],
    ] as const) {
      for (const stop of stops) {
        await ui.sees(stop);
        await ui.press(next);
      }
      await ui.until(() => ui.inverse()).toContain('[ Save ]');
      await ui.press(next);
      await ui.until(() => ui.inverse()).toContain('[ Cancel ]');
      await ui.press(next);
      await ui.sees('› Username');
      await ui.press(before, before);
      await ui.until(() => ui.inverse()).toContain('[ Save ]');
      for (const stop of stops.toReversed()) {
        await ui.press(before);
        await ui.sees(stop);
      }
    }
  });

  test('space toggles a checkbox, and types a space in a field', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    await ui.press('n', ...'a b', tab, tab, tab, ' ', tab, ' ', ' ');
    await ui.sees('[x] Active');
    await ui.sees('› [ ] Superuser');
    await ui.sees(/Username +a b/);
  });

  test('esc and the button Cancel leave it and change nothing', async () => {
    await using page = await openAdminPage();
    const { ui, find } = page;
    for (const leave of [[esc], [shiftTab, enter], [shiftTab, ' ']]) {
      await ui.press('n', ...'bob');
      await ui.sees('New User');
      await ui.press(...leave);
      await ui.seesNot('New User');
    }
    expect(await find('bob')).toBeUndefined();
  });
});
