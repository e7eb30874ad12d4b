import { expect, test } from 'vitest';
import { usual } from '../support/accounts.ts';
import { keys } from '../support/console.tsx';
import { openAdminPage } from '../support/screens.ts';

const { tab, enter, down, esc, ctrl } = keys;
/** The first letter is Cyrillic. */
const impostor = 'аda';

test('New User asks before it adds such a name as active, and keeps what was typed where the answer is no', async () => {
  await using page = await openAdminPage({ users: ['ada'] });
  const { ui, find } = page;
  await ui.press('n', keys.paste(impostor), tab, keys.paste(usual), tab, keys.paste(usual), tab);
  // Inactive is what a new user is here.
  await ui.press(' ', ctrl('s'));
  await ui.sees('Activate a Name to Be Doubted');
  await ui.press('n');
  await ui.seesNot('Doubted');
  await ui.sees('Confirm Password');
  expect(await find(impostor)).toBeUndefined();
  await ui.press(ctrl('s'));
  await ui.sees('Doubted');
  await ui.press('y');
  await ui.sees(`${impostor} was added`);
  expect(await find(impostor)).toMatchObject({ isActive: true });
});

test('Edit User asks for the name that it gives', async () => {
  await using page = await openAdminPage({ users: ['ada'] });
  const { ui, t, find } = page;
  await t.add('zed', { isActive: false });
  await ui.sees('zed');
  await ui.press('G', 'e', ctrl('u'), keys.paste(impostor), tab, ' ', ctrl('s'));
  await ui.sees('Activate a Name to Be Doubted');
  await ui.press(down, enter);
  await ui.sees(`${impostor} was changed`);
  expect(await find(impostor)).toMatchObject({ isActive: true });
});

test('c shows there the command that saves all of the form', async () => {
  await using page = await openAdminPage({ users: ['ada', 'bob'] });
  const { ui, t } = page;
  await t.add('dora', { isActive: false });
  await ui.sees('dora');
  const copied = async () => {
    await ui.sees('Doubted');
    await ui.press('c');
    await ui.sees('In a shell this does the same:');
    await ui.press('c');
    await ui.sees("was sent to your terminal's clipboard");
    await ui.press(esc, esc);
    await ui.seesNot('Doubted');
    return ui.copied();
  };
  await ui.press('j', 'j', 'e', ctrl('u'), ...'b0b', tab, ' ', ctrl('s'));
  expect(await copied()).toBe('langinfra users edit dora --username=b0b --active');
  await ui.press(esc);
  await ui.seesNot('Edit User');
  await ui.press('n', ...'b0b', tab, ...usual, tab, ...usual, tab, ' ', ctrl('s'));
  expect(await copied()).toBe('langinfra users add b0b --active');
  await ui.press(tab, ' ', ctrl('s'));
  expect(await copied()).toBe('langinfra users add b0b --active --superuser');
});
