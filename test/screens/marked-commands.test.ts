import { expect, test } from 'vitest';
import { keys } from '../support/console.tsx';
import { type AdminConsole, numbered, openAdminPage } from '../support/screens.ts';
import { elsewhere } from './elsewhere.ts';

const { esc, down, enter, right } = keys;

/** What c copies in the dialog of a plan; the dialog is there again afterwards. */
const copiedIn = async ({ ui }: AdminConsole): Promise<string> => {
  await ui.press('c');
  await ui.sees('In a shell this does the same:');
  await ui.press('c');
  await ui.sees("was sent to your terminal's clipboard");
  await ui.press(esc);
  await ui.seesNot('In a shell');
  return ui.copied();
};
const hasNone = async ({ ui }: AdminConsole): Promise<void> => {
  await ui.press('c');
  await ui.sees('There is no one command that does the same');
  await ui.press(esc);
  await ui.seesNot('no one command');
};

test('a plan names whom it would change as they are called now, in the dialog and in the command', async () => {
  await using page = await openAdminPage({ users: ['ada', 'zed', 'zoe', 'zora'] });
  const { ui } = page;
  const { change, remove } = await elsewhere(page);
  await ui.press('G', 'V', 'k', 'k', 'V');
  await ui.sees('3 marked');
  await remove('zed');
  await change('zoe', { username: 'abe' });
  await ui.sees('abe');
  await ui.press('d');
  await ui.sees('Delete 2 Marked Users');
  await ui.sees(/│ abe, zora +│/);
  expect(await copiedIn(page)).toBe('langinfra users delete abe zora');
  await ui.press('y');
  await ui.sees('2 users were deleted');
  await ui.sees('of 2');
});

test('whoever is renamed while the plan is read is asked about anew', async () => {
  await using page = await openAdminPage({ users: ['ada', 'eve'] });
  const { ui, find } = page;
  const { change } = await elsewhere(page);
  await ui.press('x', 'd');
  await ui.sees(/│ ada +│/);
  await change('ada', { username: 'lovelace' });
  await ui.press('y');
  await ui.sees(/│ lovelace +│/);
  expect(await find('lovelace')).toBeDefined();
});

test('who is refused is in neither', async () => {
  await using page = await openAdminPage({ users: ['ada', 'eve'] });
  const { ui } = page;
  await ui.press('*', 'd');
  await ui.sees('1 refused: You');
  await ui.sees(/│ Of all users: ada, eve +│/);
  // By `--filter all` another superuser of the machine would delete the own account too.
  expect(await copiedIn(page)).toBe('langinfra users delete ada eve');
  await ui.press(esc, esc, 'g', 'V', 'G', 'V', 'a');
  await ui.sees('2 to deactivate');
  expect(await copiedIn(page)).toBe('langinfra users deactivate ada eve');
});

test('all that match are a search and a filter where nobody of them is left out', async () => {
  await using page = await openAdminPage({ listed: numbered(60) });
  const { ui } = page;
  await ui.press('/', ...'user', enter, 'f', 'f');
  await ui.sees('only active');
  await ui.press('*', 's');
  await ui.sees('60 to promote');
  expect(await copiedIn(page)).toBe('langinfra users promote --search user --filter active');
  await ui.press(esc, 'x', 'd');
  await ui.sees('59 to delete');
  await ui.sees(/Of all active \/user but 1: user002, user003/);
  await ui.sees('and 47 more');
  await hasNone(page);
});

test('there is none where nobody would be changed', async () => {
  await using page = await openAdminPage({ users: ['ada', 'eve'] });
  const { ui } = page;
  await ui.press('x', down, 'x', 'a');
  await ui.sees('2 to deactivate');
  await ui.press('a');
  await ui.sees('0 to activate');
  await ui.press('c');
  await ui.sees('Not now: There is nobody to change.');
  expect(ui.screen()).not.toContain('langinfra users');
});

test('the help has none for what is marked, and says where it is', async () => {
  await using page = await openAdminPage({ users: ['ada', 'eve'] });
  const { ui, t } = page;
  await t.add('zed', { isSuperuser: true });
  await ui.sees('zed');
  // The one under the cursor is a superuser already, and is none of those who are marked.
  await ui.press('x', down, 'x', 'G');
  const pointer = 'c in the dialog of the marked users shows the command';
  for (const words of ['toggles Active', 'toggles Superuser', 'toggles the chosen', 'deletes']) {
    await ui.press('?', ...words);
    await ui.sees(pointer);
    expect(ui.screen()).not.toContain('langinfra users');
    await ui.press(right);
    await ui.sees(`${pointer}.`);
    await ui.press(esc, esc);
    await ui.seesNot('Type to search');
  }
  await ui.press('?', ...'shows everything');
  await ui.sees('langinfra users show zed');
  await ui.press(esc);
  await ui.press('s');
  await ui.sees('2 to promote');
  expect(await copiedIn(page)).toBe('langinfra users promote ada eve');
});

test('names that begin alike stay apart', async () => {
  const alike = ['red', 'green'].map(end => `averyveryverylongname.of.${end}`);
  await using page = await openAdminPage({ listed: alike });
  const { ui } = page;
  await ui.press('x', down, 'x', 'd');
  await ui.sees('averyveryve...e.of.green, averyveryv');
});
