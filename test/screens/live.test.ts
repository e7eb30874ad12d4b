import { describe, expect, test } from 'vitest';
import { openAccounts, usual } from '../support/accounts.ts';
import { keys, openTestConsole, signInAs } from '../support/console.tsx';
import { numbered, openAdminPage } from '../support/screens.ts';
import { elsewhere, soon } from './elsewhere.ts';

const { ctrl } = keys;

// These wait for the store's question whether another process changed it, every 250 ms: so they wait together.

describe.concurrent('what another process changes shows within a second', () => {
  test('flags and names, with the cursor on its user', async () => {
    await using page = await openAdminPage({ users: ['ada', 'bob', 'carol'] });
    const { ui, names } = page;
    const other = await elsewhere(page);
    await ui.press('j');
    await ui.sees('› bob');
    await other.change('bob', { isSuperuser: true });
    await soon(() => ui.sees(/› bob +\[x\] +\[x\]/));
    await other.change('bob', { username: 'xavier' });
    await soon(() => ui.sees('› xavier'));
    expect(names()).toEqual(['ada', 'carol', 'root', 'xavier']);
    await ui.sees(' 4 of 4');
  });

  test('users who come and go above the cursor', async () => {
    await using page = await openAdminPage({ listed: numbered(99) });
    const { ui } = page;
    const other = await elsewhere(page);
    await ui.press('G');
    await ui.sees(' 100 of 100');
    const lineOfCursor = () => ui.lines().findIndex(line => line.startsWith('›'));
    const line = lineOfCursor();
    await other.add('aaron');
    await soon(() => ui.sees(' 101 of 101'));
    await other.remove('user001');
    await other.remove('user098');
    await soon(() => ui.sees(' 99 of 99'));
    await ui.sees('› user099');
    expect(lineOfCursor()).toBe(line);
  });

  test('a user who is deleted under the cursor: it moves to the neighbour, and that is said', async () => {
    await using page = await openAdminPage({ users: ['ada', 'bob', 'zoe'] });
    const { ui } = page;
    const other = await elsewhere(page);
    await ui.press('j');
    await ui.sees('› bob');
    await other.remove('bob');
    await soon(() => ui.sees('Note: bob is no longer in this list'));
    await ui.sees('› root');
    await ui.press('G');
    await ui.sees('› zoe');
    await other.remove('zoe');
    await soon(() => ui.sees('Note: zoe is no longer in this list'));
    await ui.sees('› root');
  });

  test('also while a dialog is open', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui } = page;
    const other = await elsewhere(page);
    await ui.press('d');
    await ui.sees('Delete User');
    await other.change('ada', { isActive: false });
    await soon(() => ui.sees(/^› ada[\w ]* \[ \]/m));
    await ui.sees('Delete User');
  });

  test('the own name in the heading', async () => {
    await using page = await openAdminPage();
    const other = await elsewhere(page);
    await other.change('root', { username: 'boss' });
    await soon(() => page.ui.sees('boss · superuser'));
  });

  test('being made a superuser, on the Profile', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    await t.add('ada');
    await using ui = await openTestConsole(t);
    await signInAs(ui, 'ada', usual);
    await ui.sees(/Superuser +no/);
    const other = await elsewhere({ t });
    await other.change('ada', { isSuperuser: true });
    await soon(() => ui.sees(/Superuser +yes/));
    await ui.sees('Admin Page');
    await ui.press(keys.esc);
    await ui.sees('Langinfra › Admin Page');
  });
});

test.concurrent('two consoles in one process: each shows at once what the other does, and ends alone', async () => {
  await using page = await openAdminPage({ users: ['ada'] });
  const { ui, t } = page;
  await using second = await openTestConsole(t, { columns: 120, rows: 30 });
  await signInAs(second, 'root', usual);
  await second.sees(/› ada +\[x\]/);
  await ui.press('a');
  await second.sees(/› ada[\w ]* \[ \]/);
  await second.press('n');
  await second.sees('New User');
  expect(ui.screen()).not.toContain('New User');
  await second.press(ctrl('c'));
  await ui.until(second.outcome).toEqual({});
  await ui.press('a');
  await ui.sees(/› ada +\[x\]/);
  expect(ui.outcome()).toBeUndefined();
});
