import { expect, test } from 'vitest';
import type { BulkPlan } from '../../src/accounts/bulk-plan.ts';
import { asCommand, listCommand, plannedCommand } from '../../src/screens/as-command.ts';
import { keys } from '../support/console.tsx';
import { openAdminPage } from '../support/screens.ts';

const { esc, right, enter, down } = keys;
const withFile = (envFile?: string, variables = {}) =>
  ({ host: { envFile, variables } }) as unknown as Parameters<typeof asCommand>[0];

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

test('it names the database where only the environment of the console does', async () => {
  const variables = {
    LANGINFRA_CONFIG_DIR: "/srv/o'brien",
    LANGINFRA_DATABASE_URL: 'sqlite:////srv/my users.db',
  };
  await using page = await openAdminPage({ users: ['ada'], variables });
  const { ui } = page;
  await ui.press('d', 'c');
  await ui.sees('In a shell this does the same:');
  await ui.press('c');
  await ui.sees("was sent to your terminal's clipboard");
  expect(ui.copied()).toBe(
    "LANGINFRA_CONFIG_DIR='/srv/o'\\''brien' LANGINFRA_DATABASE_URL='sqlite:////srv/my users.db' langinfra users delete ada",
  );
  const unsafe = withFile(undefined, { LANGINFRA_CONFIG_DIR: '/srv/\x1b[201~' });
  expect(asCommand(unsafe, 'show', { names: ['ada'] })).toBeUndefined();
});

test('it is the command for what is searched and sorted just now', async () => {
  await using page = await openAdminPage({ users: ['ada', 'adam', 'eve'] });
  const { ui } = page;
  const commandOf = async (words: string, command: string) => {
    await ui.press('?', ...words);
    await ui.sees(command);
    await ui.press(esc);
    await ui.seesNot('Type to search');
  };
  await commandOf('toggles Superuser', 'langinfra users promote ada');
  await commandOf('deletes', 'langinfra users delete ada');
  await ui.press('/', ...'ad', enter, 'f', 'f', 'O');
  await ui.sees('only active');
  await commandOf('reverses', 'langinfra users list --search ad --filter active --order d');
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
  expect(asCommand(withFile(), 'show', { names: ['a\x1b[201~\rreboot\r'] })).toBeUndefined();
  const plan = { action: 'delete', toChange: 2, names: ['ada', 'eve'], refused: [] } as unknown as BulkPlan;
  const some = { kind: 'some', users: new Map() } as const;
  expect(plannedCommand(withFile(), some, plan)).toBe('langinfra users delete ada eve');
  expect(plannedCommand(withFile(), some, { ...plan, toChange: 51 })).toBeUndefined();
});

test('all who match are in a command only where all of them are changed, else those who are by name', () => {
  const refused: BulkPlan['refused'] = [{ reason: 'own_account', count: 1 }];
  const plan = { action: 'delete', toChange: 2, names: ['ada', 'eve'], refused: [] } as unknown as BulkPlan;
  const all = { kind: 'all', match: {}, except: new Set<string>() } as const;
  expect(plannedCommand(withFile(), all, plan)).toBe('langinfra users delete --filter all');
  for (const [marks, some] of [
    [all, { ...plan, refused }],
    [{ ...all, except: new Set(['bob']) }, plan],
  ] as const) {
    expect(plannedCommand(withFile(), marks, some)).toBe('langinfra users delete ada eve');
    expect(plannedCommand(withFile(), marks, { ...some, toChange: 51 })).toBeUndefined();
  }
});
