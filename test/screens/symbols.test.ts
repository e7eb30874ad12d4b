import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openAccounts, usual } from '../support/accounts.ts';
import { keys, openTestConsole, type TestConsole } from '../support/console.tsx';
import { addMany, openAdminPage } from '../support/screens.ts';

const { enter, tab, esc, down, up, ctrl } = keys;
const notAscii = /[^\x00-\x7f]/;
const expectAscii = (ui: TestConsole) => expect(ui.bytes().match(notAscii)?.[0]).toBeUndefined();

/** What no rule would let in: what is put in the place of a control, and where a text is cut, is drawn by us too. */
const unusual = ['b\x1b[2J', 'x'.repeat(200)];
const listed = [...unusual, ...Array.from({ length: 60 }, (_, at) => `user${at}`)];

test('in ASCII no screen draws anything else', async () => {
  await using page = await openAdminPage({ ascii: true, listed, notices: ['a notice'.repeat(20)] });
  const { ui } = page;
  await ui.sees(/^ Langinfra > Admin Page +root \| superuser \| times in UTC$/m);
  await ui.sees(/Username\^/);
  await ui.sees(/^> b\?\[2J/m);
  await ui.press('G', 'a');
  await ui.sees('xxx... is not active any more | u undoes it');
  await ui.press('O');
  await ui.sees(/Usernamev/);
  await ui.sees(/^> {1,2}x{20,}~ waits 1 min +\[ \]/m);
  for (const sort of ['Created', 'Updated', 'Last login', 'Active', 'Superuser']) {
    await ui.press('o');
    await ui.sees(new RegExp(`${sort} ?v`));
  }
  await ui.press('?');
  await ui.sees(/\| v \d+ more/);
  await ui.press(...'above');
  await ui.sees(/\| > Up k +goes to the user above/);
  await ui.press(keys.right);
  await ui.sees('| Up k  goes to the user above');
  await ui.press(esc, esc, '/', ...'user');
  await ui.sees(/ \/user.* of 60/);
  await ui.press(enter, '/', ...'xxx');
  await ui.sees('No username has that in it');
  await ui.press(esc, '/', ...'xx', enter, 'd');
  await ui.sees('Delete User');
  await ui.press('n', enter);
  await ui.sees(/\| x{50,}~ \|/);
  await ui.press(esc, 'p');
  await ui.sees('Reset Password');
  await ui.press(...'secret');
  await ui.sees('> Password          ******');
  await ui.press(esc, esc, '/', ...'root', enter, 'e');
  await ui.sees('Edit User');
  await ui.press(tab, ' ', ctrl('s'));
  await ui.sees("[ ] Active  You can't deactivate the account");
  await ui.press(esc, 'n');
  await ui.sees('New User');
  await ui.press(...'eve', ctrl('s'));
  await ui.sees('A password has at least 8 characters');
  await ui.press(esc, 'w');
  await ui.sees('Signing in');
  await ui.press(esc, 'm', enter);
  await ui.sees(/Langinfra > Profile/);
  await ui.press('m', up, up, up, enter);
  await ui.sees('Langinfra > Audit');
  await ui.press('f', '/', ...'root');
  await ui.sees('only sign-ins by or to root');
  await ui.press(esc, 'g', 'f', 'f', 'f', enter);
  await ui.sees(/\| Row \d+ +\|/);
  await ui.press(esc, 'm', up, up, up, up, enter);
  await ui.sees('Langinfra > Sessions');
  await ui.press('D');
  await ui.sees('no session but your own');
  await ui.press('m', up, enter);
  await ui.sees('Sign in');
  ui.resize({ columns: 40, rows: 10 });
  await ui.sees('Langinfra needs 80x24');
  expectAscii(ui);
});

test('in ASCII marks, plans and details draw nothing else', async () => {
  await using page = await openAdminPage({ ascii: true, users: ['ada', 'grace'], listed: ['grace2'] });
  const { ui } = page;
  await ui.press('f', 'f');
  await ui.sees(/ only active .*1 of 4$/m);
  await ui.press(esc, 'x', down, 'x');
  await ui.sees(/^>\*grace +\[x\]/m);
  await ui.sees(/ 2 marked \| .*2 of 4/);
  await ui.press('a');
  await ui.sees('[ Cancel ]');
  await ui.press(esc, '*', 'd');
  await ui.sees('Delete 4 Marked Users');
  await ui.press(esc, enter);
  await ui.sees('Sessions');
  expectAscii(ui);
});

test('in ASCII the form for the first superuser draws nothing else, and notices neither', async () => {
  await using t = await openAccounts();
  const notices = Array.from({ length: 9 }, (_, at) => `notice ${at} `.repeat(10));
  await using ui = await openTestConsole(t, { ascii: true, notices });
  await ui.sees('langinfra config shows the rest.');
  await ui.press(...'root', enter, ...'short', enter, ...'short', enter, enter);
  await ui.sees('A password has at least 8 characters');
  expectAscii(ui);
});

test('in ASCII names stay what they are, and so do the columns', async () => {
  await using page = await openAdminPage({ ascii: true, listed: ['zoë', '花子', 'col·legi', 'O’Brien'] });
  const { ui } = page;
  await ui.sees('1 of 5');
  const rows = ui.lines().slice(3, 8);
  for (const name of ['zoë', '花子', 'col·legi', 'O’Brien']) expect(rows.join('\n')).toContain(name);
  expect(new Set(rows.map(row => ui.columnsOf(row, '[').join())).size).toBe(1);
});

test('two consoles of one process are drawn each in its own way', async () => {
  await using t = await openAccounts();
  await t.add('root', { isSuperuser: true });
  await addMany(t, ['ada']);
  await using plain = await openTestConsole(t, { ascii: true });
  await using usualOne = await openTestConsole(t);
  for (const ui of [plain, usualOne]) ui.burst('root', enter, usual, enter);
  await plain.sees('Langinfra > Admin Page');
  await usualOne.sees('Langinfra › Admin Page');
  expectAscii(plain);
});

test('what is no ASCII stands in one table, and sentences have none of it', () => {
  const src = fileURLToPath(new URL('../../src', import.meta.url));
  // text.ts knows which characters are what, and skeleton.ts which letters look alike.
  const exempt = ['screens/symbols.ts', 'text.ts', 'store/skeleton.ts'];
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(path => /\.tsx?$/.test(path));
  const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
  const found = files.filter(path => notAscii.test(withoutComments(readFileSync(join(src, path), 'utf8'))));
  expect(found.filter(path => !exempt.includes(path))).toEqual([]);
});
