import { describe, expect, test } from 'vitest';
import { newId } from '../../src/store/values.ts';
import { operator, outcomeOf, usual } from '../support/accounts.ts';
import { keys } from '../support/console.tsx';
import { openAdminPage } from '../support/screens.ts';

const { enter, esc } = keys;

test('on the smallest terminal what is to be doubted of a name has room below many folders and sessions', async () => {
  await using page = await openAdminPage({ users: ['paypal'] });
  const { ui, t } = page;
  const { id } = await t.add('pаypal');
  for (let at = 0; at < 5; at += 1) {
    await t.rows('insert into folder (id, name, user_id) values (?, ?, ?)', newId(), `folder ${at}`, id);
    await t.accounts.signIn({ username: 'pаypal', password: usual, door: 'http' });
  }
  await ui.sees('pаypal');
  await ui.press('/', ...'pаy', enter, enter);
  await ui.sees('pаypal looks like paypal.');
  expect(ui.screen()).toMatch(/Folders +[^\n]+/);
  expect(ui.screen()).toMatch(/Sessions +[^\n]+/);
  expect(ui.screen()).toContain('and more');
});

test('API keys are counted, with the last time that one was used, and are not shown', async () => {
  await using page = await openAdminPage({ users: ['ada'] });
  const { ui, t } = page;
  await ui.press(enter);
  await ui.sees(/API keys +none/);
  const { actor } = await t.signIn('ada');
  const { clear } = await t.accounts.apiKeys.create(actor, { name: 'backup' });
  await t.accounts.apiKeys.create(actor, {});
  await ui.sees(/API keys +2, never used/);
  await t.accounts.apiKeys.verify(clear);
  await t.accounts.close();
  await ui.sees(/API keys +2, last used \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
  expect(ui.screen()).not.toContain('sk-');
});

test('? lists what can be done there, and does it', async () => {
  await using page = await openAdminPage({ users: ['ada'] });
  const { ui } = page;
  await ui.press(enter);
  await ui.sees('Sessions');
  await ui.press('?', ...'resets');
  await ui.sees('langinfra users passwd ada');
  await ui.press(enter);
  await ui.sees('ada gets a new password');
  await ui.press(esc);
  await ui.seesNot('ada gets');
  await ui.sees('Sessions');
});

describe('what happened to a user', () => {
  test('the last three things stand in its details, and h shows all of them', async () => {
    await using page = await openAdminPage({ users: ['ada', 'bob'] });
    const { ui, t } = page;
    const id = (await page.find('ada'))?.id ?? '';
    const { users } = t.accounts;
    await users.change(operator, id, { password: 'another horse' });
    await users.change(operator, id, { isActive: false });
    await users.change(operator, id, { username: 'ada1' });
    await ui.press(enter);
    await ui.sees(/\d tester \(shell\) changed Username ada to ada1 /);
    await ui.sees(/\d tester \(shell\) changed Active yes to no /);
    await ui.sees(/\d tester \(shell\) reset the password /);
    expect(ui.screen()).not.toContain('added Active');
    await users.change(operator, id, { isActive: true });
    await ui.sees(/changed Active no to yes /);
    await ui.seesNot('reset the password');
    await ui.sees('│ ada1 ');
    await ui.press('h');
    await ui.sees(/Langinfra › Audit[\s\S]* by or to ada1 /);
    await ui.sees('added ada: Active yes, Superuser no');
    expect(ui.screen()).not.toContain('added bob');
    await ui.press(esc);
    await ui.sees(/Admin Page[\s\S]*│ ada1 /);
  });

  test('says what was refused, in a line that fits', async () => {
    await using page = await openAdminPage();
    const { ui, t, root } = page;
    await outcomeOf(t.accounts.users.change(operator, root.id, { isSuperuser: false }));
    await ui.press(enter);
    await ui.sees(/tester \(shell\) tried to change Superuser n… │$/m);
    expect(ui.faults()).toEqual([]);
  });
});

test('U unlocks a user who has to wait, from the list and from the details, and it is in the audit', async () => {
  await using page = await openAdminPage({ users: ['ada'] });
  const { ui, t } = page;
  const lockAda = async () => {
    for (let at = 0; at < 5; at += 1) await outcomeOf(t.signInFrom('192.0.2.1', 'ada', 'wrong horse'));
    expect(await outcomeOf(t.signInFrom('192.0.2.1', 'ada'))).toBe('too_many_attempts');
  };
  await lockAda();
  await ui.press('U');
  await ui.sees('ada can try again at once from everywhere: 5 failed sign-ins forgotten');
  expect(await outcomeOf(t.signInFrom('192.0.2.1', 'ada'))).toBe('done');
  await lockAda();
  await ui.press(enter);
  await ui.sees('From 192.0.2.1 it has to wait for another');
  await ui.press('U');
  await ui.seesNot('From 192.0.2.1 it has to wait');
  expect(await outcomeOf(t.signInFrom('192.0.2.1', 'ada'))).toBe('done');
  expect(await t.rows("select actor_name, target_name from audit where event = 'lock_cleared'")).toEqual(
    Array(2).fill({ actor_name: 'root', target_name: 'ada' }),
  );
  await ui.press('U');
  await ui.sees('ada had no failed sign-ins that hold it up');
  await ui.press('?', ...'unlocks', keys.right);
  await ui.sees('langinfra users unlock ada');
});
