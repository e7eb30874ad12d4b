import { expect, test } from 'vitest';
import { keys, type TestConsole } from '../support/console.tsx';
import { hostile, strayBytes } from '../support/hostile.ts';
import { openAdminPage } from '../support/screens.ts';

const { enter, shiftTab, ctrl } = keys;

const names = Object.values(hostile);
const opened = () => openAdminPage({ listed: names });

/** Where the two flags of each row stand. A name may have brackets of its own before them. */
const flagColumns = (ui: TestConsole) =>
  Array.from({ length: 19 }, (_, at) =>
    ui
      .columnsOf(3 + at, '[')
      .slice(-2)
      .join(),
  );

test('every name has one row, with its flags in their columns', async () => {
  await using page = await opened();
  const { ui } = page;
  await ui.sees(` 1 of ${names.length + 1}`);
  const rows = ui.lines().slice(3, 3 + 19);
  expect(rows.every(row => /\[[x ]\] +\[[x ]\] +\d{4}-/.test(row))).toBe(true);
  const columns = flagColumns(ui);
  expect(new Set(columns).size).toBe(1);
  await ui.press('G');
  await ui.sees(` ${names.length + 1} of ${names.length + 1}`);
  expect(new Set([...columns, ...flagColumns(ui)])).toEqual(new Set(columns));
});

test('no byte of a name steers the terminal, in the list, the dialogs and the messages', async () => {
  const everything = `all ${names.slice(0, 12).join(' ')}`;
  await using page = await openAdminPage({ listed: [...names, everything] });
  const { ui } = page;
  await ui.press('G', ...'/all', enter);
  await ui.sees('› all b·[2J');
  const screens = [
    [enter, 'Version', 'q'],
    ['e', 'Edit User', `${shiftTab}${enter}`],
    ['p', 'Reset Password', `${shiftTab}${enter}`],
    ['d', 'Delete User', 'n'],
    ['w', 'Signing in', 'q'],
    ['a', 'u undoes it', ''],
    ['u', 'Undone', ''],
  ] as const;
  for (const [key, shows, leave] of screens) {
    ui.burst(key);
    await ui.sees(shows);
    expect(ui.screen()).toMatch(/all b·\[2J·\[31m·\[8mred/);
    expect(ui.lines()[0]).toMatch(/^ Langinfra › Admin Page/);
    ui.burst(leave);
    if (leave) await ui.seesNot(shows);
  }
  expect(strayBytes(ui.bytes())).toEqual([]);
  expect(ui.terminal.buffer.active.baseY).toBe(0);
});

test('it is said and copied as it is: only shown harmless', async () => {
  await using page = await opened();
  const { ui } = page;
  await ui.press(...'/title', enter);
  await ui.sees('› b·]0;owned·title');
  await ui.press('y');
  await ui.sees("b·]0;owned·title was sent to your terminal's clipboard");
  expect(ui.bytes()).toContain(`\x1b]52;c;${btoa(hostile['a window title'])}\x07`);
});

test('a superuser mends such a name', async () => {
  await using page = await opened();
  const { ui, find } = page;
  ui.burst('/title', enter, 'e', ctrl('u'), 'mended', ctrl('s'));
  await ui.sees('mended was changed');
  expect(await find('mended')).toBeDefined();
});

test('letters of every script stay as they are, and the columns straight', async () => {
  const scripts = [
    'Zoë',
    'Ελένη',
    '田中さん',
    '김민준',
    'Наташа',
    'مريم',
    'O’Neil',
    'naïve🦜',
    'ﬁn',
    'Ａｄａ',
    'क्षि देव',
    'தமிழ்',
    'น้ำ',
  ];
  await using page = await openAdminPage({ listed: scripts });
  const { ui } = page;
  for (const name of scripts) await ui.sees(name);
  const columns = scripts.map(name => String(ui.columnsOf(name, '[')));
  expect(new Set(columns).size).toBe(1);
});
