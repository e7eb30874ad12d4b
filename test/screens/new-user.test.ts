import { expect, test } from 'vitest';
import { usual } from '../support/accounts.ts';
import { keys } from '../support/console.tsx';
import { openAdminPage } from '../support/screens.ts';

const { enter, tab, esc, ctrl } = keys;
const fields = (username: string) => [username, tab, keys.paste(usual), tab, keys.paste(usual)];

test('esc does not take back what is being saved, and says so', async () => {
  await using page = await openAdminPage();
  const { ui, t, find } = page;
  const other = Promise.withResolvers<void>();
  const holding = t.store.write(() => other.promise);
  await ui.press('n', ...fields('newbie'), ctrl('s'), esc);
  await ui.sees('Not done: It is being saved already');
  await ui.sees('Confirm Password');
  other.resolve();
  await holding;
  await ui.sees('newbie was added');
  expect(await find('newbie')).toBeDefined();
});

test('who was added is seen, whatever was searched and filtered', async () => {
  await using page = await openAdminPage();
  const { ui } = page;
  await ui.press('f', 'f', 'f', 'f', '/', ...'root', enter);
  await ui.sees('only superusers /root');
  await ui.press('n', ...fields('zzzz'), ctrl('s'));
  await ui.sees('zzzz was added');
  await ui.sees(/› zzzz/);
  expect(ui.screen()).not.toContain('only superusers');
});
