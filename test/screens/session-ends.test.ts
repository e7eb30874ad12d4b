import { describe, expect, test } from 'vitest';
import { Refusal } from '../../src/refusal.ts';
import { openAccounts, operator, usual } from '../support/accounts.ts';
import { keys, openTestConsole, signInAs } from '../support/console.tsx';
import { openAdminPage } from '../support/screens.ts';
import { elsewhere, soon } from './elsewhere.ts';

const { enter, tab, up, ctrl } = keys;

// These wait for the store's question whether another process changed it, every 250 ms: so they wait together.

describe.concurrent('a session that ends elsewhere leads to the login screen by itself', () => {
  const notice = 'Your session has ended. Sign in again';
  const others = { isSuperuser: true } as const;
  const ends: [string, Parameters<Awaited<ReturnType<typeof elsewhere>>['change']>[1] | 'deleted'][] = [
    ['deactivated', { isActive: false }],
    ['demoted', { isSuperuser: false }],
    ['with a new password', { password: 'another horse' }],
    ['deleted', 'deleted'],
  ];

  test.each(ends)('%s', async (_, fate) => {
    await using page = await openAdminPage();
    const { ui, t } = page;
    await t.add('boss', others);
    const other = await elsewhere(page);
    await (fate === 'deleted' ? other.remove('root') : other.change('root', fate));
    await soon(() => ui.sees(notice));
    await ui.sees('Sign in');
    await ui.seesNot('Admin Page');
  });

  test.each([
    ['a form', 'nbob', 'New User'],
    ['a question', 'd', 'Delete User'],
    ['a search', '/a', '/a'],
  ])('also where %s is open', async (_, way, there) => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, t } = page;
    await t.add('boss', others);
    ui.burst(way);
    await ui.sees(there);
    await (await elsewhere(page)).change('root', { isActive: false });
    await soon(() => ui.sees(notice));
    await ui.seesNot(there);
    await signInAs(ui, 'boss', usual);
    await ui.sees('boss · superuser');
  });

  test('of an ordinary user too, with the password half typed', async () => {
    await using t = await openAccounts();
    await t.add('root', others);
    await t.add('ada');
    await using ui = await openTestConsole(t);
    await signInAs(ui, 'ada', usual);
    await ui.sees('› Change password');
    await ui.press(enter, ...'corr');
    await ui.sees('Current Password');
    await (await elsewhere({ t })).change('ada', { isActive: false });
    await soon(() => ui.sees(notice));
    await signInAs(ui, 'ada', usual);
    await ui.sees('Inactive user');
  });

  test('by the next change, where it was ended in this process', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, t, root } = page;
    await t.add('boss', others);
    await t.accounts.users.change(operator, root.id, { isSuperuser: false });
    await ui.sees(notice);
  });

  test('when it is over', async () => {
    await using t = await openAccounts({ settings: { sessionMaxSeconds: 1 } });
    await t.add('root', others);
    // Nothing else happens: it is the time alone that ends it.
    await using ui = await openTestConsole({ accounts: { ...t.accounts, onChange: () => () => {} } });
    await signInAs(ui, 'root', usual);
    await ui.sees(' 1 of 1');
    t.pass(1);
    await ui.sees(notice);
  });
});

test.concurrent('a superuser makes a user, signs out, and the new one signs in and lands on the Profile', async () => {
  await using page = await openAdminPage();
  const { ui } = page;
  ui.burst('n', 'ada', tab, usual, tab, usual, tab, ' ', ctrl('s'));
  await ui.sees('ada was added');
  await ui.seesNot('New User');
  await ui.press('m', up, enter);
  await signInAs(ui, 'ada', usual);
  await ui.sees('Langinfra › Profile');
  await ui.sees('ada · user');
});

test.concurrent('an own change of the password elsewhere ends this session, the one here does not', async () => {
  await using page = await openAdminPage();
  const { ui, t } = page;
  ui.burst('m', enter);
  await ui.sees('Change password');
  ui.burst(enter, usual, tab, 'another horse', tab, 'another horse', ctrl('s'));
  await ui.sees('Your password was changed');
  const { actor } = await t.signIn('root', 'another horse');
  await (await t.another()).accounts.changeOwnPassword(actor, {
    current: 'another horse',
    next: 'a third horse',
  });
  await ui.sees('Your session has ended. Sign in again');
});

test.concurrent('who signs in next sees nothing of what was said before, and undoes nothing of it', async () => {
  await using page = await openAdminPage({ users: ['ada'] });
  const { ui, t, find } = page;
  await t.add('boss', { isSuperuser: true });
  await ui.press('a');
  await ui.sees('· u undoes it');
  await ui.press('m', up, enter);
  await signInAs(ui, 'boss', usual);
  await ui.sees('boss · superuser');
  expect(ui.screen()).not.toContain('undoes');
  await ui.press('u');
  await ui.sees('There is nothing to undo');
  expect(await find('ada')).toMatchObject({ isActive: false });
});

test.concurrent('an answer that comes after its session has ended does not end the next one', async () => {
  await using t = await openAccounts();
  await t.add('root', { isSuperuser: true });
  const answer = Promise.withResolvers<number>();
  const counts = [() => answer.promise];
  const count: typeof t.accounts.users.count = (...asked) =>
    (counts.pop() ?? (() => t.accounts.users.count(...asked)))();
  await using ui = await openTestConsole({
    accounts: { ...t.accounts, users: { ...t.accounts.users, count } },
  });
  await signInAs(ui, 'root', usual);
  await ui.sees('› root');
  await ui.until(() => counts.length).toBe(0);
  await ui.press('m', up, enter);
  await signInAs(ui, 'root', usual);
  await ui.sees(' 1 of 1');
  answer.reject(new Refusal('session_ended'));
  ui.session.notify('still here');
  await ui.sees('still here');
  expect(ui.screen()).toContain('Admin Page');
});
