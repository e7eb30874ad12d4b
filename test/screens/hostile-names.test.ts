import { expect, test } from 'vitest';
import { keys, type TestConsole } from '../support/console.tsx';
import { openAdminPage } from '../support/screens.ts';

const { enter, shiftTab, ctrl } = keys;

/** Names that no rule would let in: an older database or another program wrote them. */
const hostile = {
  'escape sequences': 'b\x1b[2J\x1b[31m\x1b[8mred\x1b[0m',
  'a window title': 'b\x1b]0;owned\x07title',
  'the clipboard': 'b\x1b]52;c;b3duZWQ=\x07clip',
  'a link': 'b\x1b]8;;http://evil.example\x07link\x1b]8;;\x07',
  'line breaks': 'b\r\nroot\nroot\n',
  'a tab': 'b\ttab',
  'other controls': 'b\0\x07\x08\x7f\x9b2J\x90q\x9c',
  'right to left': 'b\u202etoor\u202c \u2066x\u2069',
  'zero width': 'b\u200b\u200d\ufeff\u00ad\u3164',
  'line separators': 'b\u2028root\u2029root',
  'stacked marks': `b${'\u0336\u0489'.repeat(40)}`,
  'variation selectors': 'b\ufe0f\u{e0100}',
  '64 wide letters': '日'.repeat(64),
  '64 emoji': '🦜'.repeat(64),
  'wide and narrow': '日a日b日c日d日e日f日g日h日i日j',
  'a lone surrogate': 'b\ud800',
  nothing: '',
  'only spaces': '   ',
  '500 letters': 'x'.repeat(500),
} as const;

const names = Object.values(hostile);
const opened = () => openAdminPage({ listed: names });

/** What the console itself sends: frames, styles, the modes of its start and end. A name sends none of its bytes. */
const ownSequences =
  /\x1b\[(?:\?(?:7|25|1049|2004|2026)[hl]|(?:0|1|2|4|7|22|24|27|39|[349]\dm?|[349]\d)m|\d*[ABCDEGHJK]|[HGEK])/g;

const strayBytes = (ui: TestConsole) =>
  ui
    .bytes()
    .replaceAll(ownSequences, '')
    .match(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g);

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
  await ui.sees(' 1 of 20');
  const rows = ui.lines().slice(3, 3 + 19);
  expect(rows.every(row => /\[[x ]\] +\[[x ]\] +\d{4}-/.test(row))).toBe(true);
  const columns = flagColumns(ui);
  expect(new Set(columns).size).toBe(1);
  await ui.press('G');
  await ui.sees(' 20 of 20');
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
  expect(strayBytes(ui)).toBeNull();
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
