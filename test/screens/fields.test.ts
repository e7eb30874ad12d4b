import { describe, expect, test } from 'vitest';
import { openAccounts, usual } from '../support/accounts.ts';
import { keys, openTestConsole, type TestConsole } from '../support/console.tsx';
import { openAdminPage } from '../support/screens.ts';

const { tab, shiftTab, enter, left, right, home, end, backspace, ctrl, paste } = keys;

/** The value of the field Username, as it is drawn. */
const usernameOf = (ui: TestConsole) => /Username {2,}(.*?) *(?:│|$)/m.exec(ui.screen())?.[1];

describe('pasting works in every field', () => {
  const dots = (length: number) => new RegExp(`[› ] .*Password +•{${length}} *(│|$)`, 'm');

  test('of Login', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    await using ui = await openTestConsole(t);
    ui.burst(paste('root'), enter, paste(usual), enter);
    await ui.sees('Admin Page');
  });

  test('of First Superuser', async () => {
    await using t = await openAccounts();
    await using ui = await openTestConsole(t);
    ui.burst(paste('boss'), tab, paste(usual), tab, paste(usual), ctrl('s'));
    await ui.sees(/› boss /);
  });

  test('of New User, Edit User and Reset Password', async () => {
    await using page = await openAdminPage();
    const { ui, t } = page;
    ui.burst('n', paste('ada'), tab, paste(usual), tab, paste(usual), tab, ' ', ctrl('s'));
    await ui.sees(/› ada /);
    ui.burst('e', end, paste(' lovelace'), ctrl('s'));
    await ui.sees(/› ada lovelace /);
    ui.burst('p', paste('another horse'), tab, paste('another horse'), ctrl('s'));
    await ui.sees('has a new password');
    expect(await t.signIn('ada lovelace', 'another horse')).toBeDefined();
  });

  test('of Change Password', async () => {
    await using page = await openAdminPage();
    const { ui, t } = page;
    ui.burst('m', enter);
    await ui.sees('Change password');
    ui.burst(enter, paste(usual), tab, paste('another horse'), tab, paste('another horse'), ctrl('s'));
    await ui.sees('Your password was changed');
    expect(await t.signIn('root', 'another horse')).toBeDefined();
  });

  test('of the help', async () => {
    await using page = await openAdminPage();
    page.ui.burst('?', paste('clipboard'));
    await page.ui.sees('copies the username');
    await page.ui.seesNot('toggles Active');
  });

  test('what comes after a line break or tab is cut, and nothing is submitted', async () => {
    await using page = await openAdminPage();
    const { ui, t } = page;
    for (const lineBreak of ['\r', '\n', '\r\n', '\t']) {
      ui.burst('n', paste(`ada${lineBreak}${usual}${lineBreak}`), tab, paste(`${usual}${lineBreak}`));
      await ui.sees(dots(usual.length));
      expect(usernameOf(ui)).toBe('ada');
      expect(ui.screen()).toContain('› Password');
      ui.burst(shiftTab, shiftTab, enter);
      await ui.seesNot('New User');
    }
    expect(await t.rows('select username from user')).toEqual([{ username: 'root' }]);
  });

  test('into the middle of what is there', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    await ui.press('n', ...'ada', left, paste('rian'), 'n');
    await ui.until(() => usernameOf(ui)).toBe('adriann' + 'a');
  });

  test('text of escape sequences is text', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    await ui.press('n', paste('a\x1b[31mb\x1b]52;c;aGk=\x07c'));
    await ui.sees(/Username +a·\[31mb·\]52;c;aGk=·c /);
    await ui.press(ctrl('s'));
    await ui.sees('A username has no control, invisible or broken characters');
    expect(ui.bytes()).not.toContain('\x1b]52');
  });

  test('where there is no field, nothing happens', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, find } = page;
    ui.burst(paste('asdy'), '?');
    await ui.sees('Help');
    expect(await find('ada')).toMatchObject({ version: 1 });
  });
});

describe('the keys of a field', () => {
  const cases: [string, string[], string][] = [
    ['left and right', ['abd', left, 'c', right, 'e'], 'abcde'],
    ['ctrl-b and ctrl-f', ['abd', ctrl('b'), 'c', ctrl('f'), 'e'], 'abcde'],
    ['Home and End', ['bc', home, 'a', end, 'd'], 'abcd'],
    ['ctrl-a and ctrl-e', ['bc', ctrl('a'), 'a', ctrl('e'), 'd'], 'abcd'],
    ['backspace', ['abx', backspace, 'c'], 'abc'],
    ['Del', ['axbc', home, right, keys.delete], 'abc'],
    ['ctrl-d', ['axbc', home, right, ctrl('d')], 'abc'],
    ['ctrl-u', ['xyzabc', left, left, left, ctrl('u')], 'abc'],
    ['ctrl-k', ['abcxyz', left, left, left, ctrl('k')], 'abc'],
    ['ctrl-w', ['ab cxyz', ctrl('w'), 'c'], 'ab c'],
    ['beyond the ends', [left, backspace, 'ab', right, keys.delete, home, left, backspace], 'ab'],
  ];
  test('work as in a shell', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    await ui.press('n');
    for (const [what, typed, value] of cases) {
      await ui.press(ctrl('e'), ctrl('u'), ...typed);
      await ui.until(() => `${what}: ${usernameOf(ui)}`).toBe(`${what}: ${value}`);
    }
  });

  test('the caret is where the next letter goes', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    await ui.press('n', ...'abc');
    await ui.until(() => ui.inverse().at(-1)).toBe(' ');
    await ui.press(left, left);
    await ui.until(() => ui.inverse().at(-1)).toBe('b');
    await ui.press('x');
    await ui.until(() => usernameOf(ui)).toBe('axbc');
  });

  test('a letter of several characters is one, for the caret and for backspace', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    await ui.press('n', 'a', 'Zoe\u0308', '日本', '🦜', left, backspace);
    await ui.until(() => usernameOf(ui)).toBe('aZoë日🦜');
    await ui.press(left, backspace);
    await ui.until(() => usernameOf(ui)).toBe('aZo日🦜');
  });

  test('a value longer than the field scrolls with the caret, wide letters too', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    ui.burst('n', 'ab'.repeat(30), 'end');
    await ui.sees(/Username +[ab]+end +│/);
    const border = ui.columnsOf('Username ', '│');
    ui.burst(ctrl('u'), '日本'.repeat(30), '終');
    await ui.sees(/Username +[日本]+終 +│/);
    expect(ui.columnsOf('Username ', '│')).toEqual(border);
    ui.burst(home);
    await ui.until(() => ui.inverse().at(-1)).toBe('日');
    expect(ui.columnsOf('Username ', '│')).toEqual(border);
  });

  test('a password never shows, while it is typed or after', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    ui.burst('n', 'bob', tab, 'Tr0ub4dor&3', tab, 'Tr0ub4dor&4', ctrl('s'));
    await ui.sees('The two passwords are not the same');
    expect(ui.bytes()).not.toContain('Tr0u');
    expect(ui.bytes()).not.toMatch(/[4&]d?o?r?&/);
  });
});
