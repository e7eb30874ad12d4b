import { expect, test } from 'vitest';
import { keys } from '../support/console.tsx';
import { openAdminPage } from '../support/screens.ts';

test('f goes through the filters, says which one, and esc leaves it', async () => {
  await using page = await openAdminPage({ users: ['ada', 'eve'] });
  const { ui, t } = page;
  await t.add('new', { isActive: false });
  await ui.sees('1 of 4');
  for (const [words, names] of [
    ['only pending', ['new']],
    ['only active', ['ada', 'eve', 'root']],
    ['only inactive', ['new']],
    ['only superusers', ['root']],
  ] as const) {
    await ui.press('f');
    await ui.sees(words);
    await ui.sees(`of ${names.length}`);
    expect(page.names()).toEqual(names);
  }
  await ui.press('f');
  await ui.sees('of 4');
  await ui.press('f', keys.esc);
  await ui.sees('of 4');
  expect(ui.screen()).not.toContain('only');
});

test('filter, search and order work together, and esc takes back one after the other', async () => {
  await using page = await openAdminPage({ users: ['ada', 'adam', 'bob'] });
  const { ui, t } = page;
  await t.add('adana', { isActive: false });
  await ui.press('f', 'f', '/', 'ad', keys.enter, 'O');
  await ui.sees(/only active \/ad +\d of 2/);
  expect(page.names()).toEqual(['adam', 'ada']);
  await ui.press(keys.esc);
  await ui.sees(/only active +\d of 4/);
  await ui.press(keys.esc);
  await ui.sees('of 5');
});

test('who waits for approval shows for how long', async () => {
  await using page = await openAdminPage();
  await page.t.add('new', { isActive: false });
  await page.ui.sees(/new waits 1 min +\[ \]/);
});

test('what was searched for is set off in each name', async () => {
  await using page = await openAdminPage({ users: ['Straße'] });
  await page.ui.press('/', 'SS', keys.enter);
  await page.ui.sees('1 of 1');
  expect(page.ui.underlined()).toEqual(['ß']);
});
