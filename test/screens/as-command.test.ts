import { expect, test } from 'vitest';
import { asCommand, listCommand, markedCommand } from '../../src/screens/as-command.ts';
import { noMarks, withMarks } from '../../src/screens/marks.ts';
import { keys } from '../support/console.tsx';
import { openAdminPage } from '../support/screens.ts';

const { esc, right, enter, down } = keys;
const withFile = (envFile?: string) => ({ host: { envFile } }) as unknown as Parameters<typeof asCommand>[0];

test('the help shows of each key the command that does the same, and c copies it', async () => {
  await using page = await openAdminPage({ users: ['ada', 'eve'], envFile: '/etc/my app/.env' });
  const { ui } = page;
  await ui.press('?', ...'toggles Active');
  const command = "langinfra users deactivate ada --env-file '/etc/my app/.env'";
  await ui.sees("langinfra users deactivate ada --env-file '/etc/my app");
  await ui.press(right);
  await ui.sees('In a shell this does the same:');
  await ui.press('c');
  await ui.sees("was sent to your terminal's clipboard");
  expect(ui.copied()).toBe(command);
  // From there back to the help, and to the list.
  await ui.press(esc);
  await ui.seesNot('In a shell');
  await ui.sees('Type to search: toggles Active');
  await ui.press(esc);
  await ui.sees(/› ada +\[x\]/);
});

test('it is the command for what is marked, searched and sorted just now', async () => {
  await using page = await openAdminPage({ users: ['ada', 'adam', 'eve'] });
  const { ui } = page;
  const commandOf = async (words: string, command: string) => {
    await ui.press('?', ...words);
    await ui.sees(command);
    await ui.press(esc);
    await ui.seesNot('Type to search');
  };
  await ui.press('x', down, 'x');
  await ui.sees('2 marked');
  await commandOf('toggles Superuser', 'langinfra users promote ada adam');
  await commandOf('deletes', 'langinfra users delete ada adam');
  await ui.press(esc, '/', ...'ad', enter, 'f', 'f', 'O');
  await ui.sees('only active');
  await commandOf('reverses', 'langinfra users list --search ad --filter active --order d');
  await ui.press('*');
  await commandOf('toggles Active', 'langinfra users deactivate --search ad --filter active');
});

test('what is of the console only has no command, and c says so', async () => {
  await using page = await openAdminPage();
  const { ui } = page;
  await ui.press('?', ...'draws the screen', right);
  await ui.sees('There is no one command that does the same.');
  await ui.press('c');
  await ui.sees('There is no command to copy');
  expect(ui.copied()).toBe('');
});

test('a key that cannot act says why in the help', async () => {
  await using page = await openAdminPage({ users: [] });
  const { ui } = page;
  await ui.press('?', ...'deletes');
  await ui.sees('Not now: ');
  await ui.press(right);
  await ui.sees(/Not now: .*account/);
});

test.each([
  ['d', 'Delete User', 'langinfra users delete ada'],
  [enter, 'Folders', 'langinfra users show ada'],
  [`x${down}xs`, '2 Marked Users', 'langinfra users promote ada eve'],
])('in the dialog of %j c shows the command', async (typed, seen, command) => {
  await using page = await openAdminPage({ users: ['ada', 'eve'] });
  const { ui } = page;
  ui.burst(typed);
  await ui.sees(seen);
  await ui.press('c');
  await ui.sees(command);
  await ui.press('c');
  await ui.sees("was sent to your terminal's clipboard");
  expect(ui.copied()).toBe(command);
  await ui.press(esc);
  await ui.sees(seen);
});

test('names and paths are quoted for a shell, and a name is never an option', () => {
  expect(asCommand(withFile('.env'), 'show', { names: ["o'brien $(reboot)"] })).toBe(
    "langinfra users show 'o'\\''brien $(reboot)' --env-file .env",
  );
  expect(asCommand(withFile('.env'), 'show', { names: ['-y'] })).toBe(
    'langinfra users show --env-file .env -- -y',
  );
  expect(listCommand(withFile(), { sort: 'created', order: 'asc', search: '-x y' })).toBe(
    "langinfra users list '--search=-x y' --sort created",
  );
});

test('no command holds what would act on the terminal it is pasted into, or more names than one reads', () => {
  const user = (username: string) => ({ id: username, username }) as Parameters<typeof withMarks>[1][number];
  expect(asCommand(withFile(), 'show', { names: ['a\x1b[201~\rreboot\r'] })).toBeUndefined();
  const many = Array.from({ length: 51 }, (_, at) => user(`user${at}`));
  expect(markedCommand(withFile(), 'delete', withMarks(noMarks, many, true))).toBeUndefined();
  const all = { kind: 'all', match: {}, except: new Set<string>() } as const;
  expect(markedCommand(withFile(), 'activate', all)).toBe('langinfra users activate --filter all');
  // A user who was left out would be in it.
  expect(markedCommand(withFile(), 'activate', { ...all, except: new Set(['ada']) })).toBeUndefined();
});
