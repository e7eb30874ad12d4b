import { describe, expect, test } from 'vitest';
import { openAccounts, operator, usual } from '../support/accounts.ts';
import { keys, openTestConsole, signInAs } from '../support/console.tsx';
import { openAdminPage } from '../support/screens.ts';
import { newKeyPair } from '../support/ssh-keys.ts';

const { tab, enter } = keys;

describe('e edits a user', () => {
  test('name and flags, from what they are', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, find } = page;
    await ui.press('e');
    await ui.sees(/› Username +ada/);
    await ui.sees('[x] Active');
    await ui.sees('[ ] Superuser');
    await ui.press(keys.ctrl('u'), ...'lady', tab, ' ', tab, ' ', keys.ctrl('s'));
    await ui.sees(/› lady[\w ]* \[ \] +\[x\]/);
    await ui.sees('lady was changed · u undoes it');
    expect(await find('lady')).toMatchObject({ isActive: false, isSuperuser: true });
  });

  test('saving what is unchanged changes nothing, and says so', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, find } = page;
    ui.burst('e', keys.ctrl('s'));
    await ui.sees('Nothing had to be changed');
    expect(await find('ada')).toMatchObject({ version: 1 });
  });

  test('what somebody else has done meanwhile is not taken for a change made here', async () => {
    await using page = await openAdminPage();
    const { ui, t, find } = page;
    const { id } = await t.add('dora', { isActive: false });
    await ui.sees('dora');
    ui.burst('g', 'e', tab, ' ');
    await ui.sees('[x] Active');
    const theirs = { username: 'dorothea', isActive: true, isSuperuser: true };
    await (await t.another()).accounts.users.change(operator, id, theirs);
    await ui.press(keys.ctrl('s'));
    await ui.sees('Nothing had to be changed: dorothea is so already');
    await ui.sees(/› dorothea[\w ]* \[x\] +\[x\]/);
    await ui.press('u');
    await ui.sees('Not done: There is nothing to undo');
    expect(await find('dorothea')).toMatchObject({ ...theirs, version: 2 });
  });

  test('where somebody else has changed it meanwhile, both values are shown, and asked about', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, find, t } = page;
    await ui.press('e');
    await ui.sees('Edit User');
    const { id } = (await find('ada')) ?? { id: '' };
    const theirs = { isActive: false, isSuperuser: true };
    await (await t.another()).accounts.users.change(operator, id, theirs);
    ui.burst(keys.ctrl('u'), 'lady', keys.ctrl('s'));
    await ui.sees('Changed Meanwhile');
    await ui.sees(/Somebody else changed ada: Active was yes and is no,[│\s]+Superuser was no and is yes\./);
    await ui.sees('Your change: Username from ada to lady.');
    await ui.press('n');
    await ui.sees(/Username +lady/);
    expect(await find('ada')).toMatchObject({ ...theirs, version: 2 });
    await ui.press(keys.ctrl('s'));
    await ui.sees('Changed Meanwhile');
    await ui.press('y');
    await ui.sees('lady was changed · u undoes it');
    expect(await find('lady')).toMatchObject({ ...theirs, version: 3 });
    await ui.press('u');
    await ui.sees('Undone: ada is as before');
    expect(await find('ada')).toMatchObject({ ...theirs, version: 4 });
  });
});

describe('p resets the password', () => {
  test('of the user, whose sessions end', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, t } = page;
    const { actor } = await t.signIn('ada');
    await ui.press('p');
    await ui.sees('ada gets a new password, and all its sessions end.');
    await ui.sees('[x] Must change password');
    ui.burst('another horse', enter, 'another horse', enter, enter, enter);
    await ui.sees('ada has a new password; its sessions have ended');
    expect(await t.isSignedIn(actor)).toBe(false);
    await expect(t.signIn('ada')).rejects.toThrow('Incorrect username or password');
    expect(await t.signIn('ada', 'another horse')).toMatchObject({
      user: { username: 'ada', mustChangePassword: true },
    });
  });

  test('and says that SSH keys stay, where the user has some', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, t } = page;
    const ada = await t.store.read.users.findByName('ada');
    await t.accounts.sshKeys.add(operator, ada?.user.id ?? '', newKeyPair().line);
    await ui.press('p');
    await ui.sees('ada gets a new password, and all its sessions end.');
    ui.burst('another horse', enter, 'another horse', enter, enter, enter);
    await ui.sees('ada has a new password; its sessions have ended; its SSH keys stay');
  });

  test('to one that stays, where that is chosen', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, find } = page;
    ui.burst('p', 'another horse', enter, 'another horse', enter, ' ', enter, enter);
    await ui.sees('ada has a new password; its sessions have ended');
    expect(await find('ada')).toMatchObject({ mustChangePassword: false });
  });

  test('also of one whom somebody else has changed meanwhile, after showing both values', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, find, t } = page;
    await ui.press('p');
    await ui.sees('Reset Password');
    const { id } = (await find('ada')) ?? { id: '' };
    const theirs = { username: 'lady', isSuperuser: true };
    await (await t.another()).accounts.users.change(operator, id, theirs);
    ui.burst('another horse', enter, 'another horse', keys.ctrl('s'));
    await ui.sees('Changed Meanwhile');
    await ui.sees(/Somebody else changed lady: it was called ada, Superuser was[│\s]+no and is yes\./);
    await ui.sees('Your change: a new password.');
    await ui.press('c');
    await ui.sees('langinfra users passwd lady');
    expect(ui.screen()).not.toContain('another horse');
    await ui.press(keys.esc, 'n');
    await ui.seesNot('Changed Meanwhile');
    expect(await find('lady')).toMatchObject({ version: 2 });
    // What was typed is still there.
    await ui.press(keys.ctrl('s'));
    await ui.sees('Changed Meanwhile');
    await ui.press('y');
    await ui.sees('lady has a new password; its sessions have ended');
    expect(await t.signIn('lady', 'another horse')).toMatchObject({ user: { ...theirs, version: 3 } });
  });

  test('and the next key changes the user as it is by then', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    const { id } = await t.add('ada');
    // A console that reads nothing again by itself.
    await using ui = await openTestConsole({ accounts: { ...t.accounts, onChange: () => () => {} } });
    await signInAs(ui, 'root', usual);
    await ui.sees(/› ada +\[x\]/);
    ui.burst('p', 'another horse', enter, 'another horse', keys.ctrl('s'));
    await ui.sees('ada has a new password');
    await ui.press('a');
    await ui.sees('ada is not active any more');
    expect(await t.find(id)).toMatchObject({ isActive: false, version: 3 });
  });

  test('but not the own one: the Profile does that', async () => {
    await using page = await openAdminPage();
    const { ui, t } = page;
    await ui.press('p');
    await ui.sees('Not done: Change your own password in your Profile');
    expect(ui.screen()).not.toContain('Reset Password');
    expect(await t.signIn('root')).toMatchObject({ user: { username: 'root' } });
  });
});

test('where somebody else makes the first superuser meanwhile, the login screen takes its place', async () => {
  await using t = await openAccounts();
  await using ui = await openTestConsole(t);
  await ui.sees('First Superuser');
  await ui.press(...'half typed');
  await (await t.another()).accounts.users.makeSuperuser(
    { username: 'boss', password: usual },
    { update: false },
  );
  await ui.sees('There is a superuser already. Sign in as one');
  await ui.seesNot('First Superuser');
  await signInAs(ui, 'boss', usual);
  await ui.sees('Admin Page');
});

test('where there is no superuser, the console makes the first one and signs it in', async () => {
  await using t = await openAccounts();
  await using ui = await openTestConsole(t);
  await ui.sees('First Superuser');
  ui.burst('boss', tab, usual, tab, `${usual}?`, keys.ctrl('s'));
  await ui.sees('The two passwords are not the same');
  ui.burst(keys.backspace, enter, enter);
  await ui.sees(/› boss +\[x\] +\[x\]/);
  expect(ui.screen()).toContain('Admin Page');
  await ui.press('q');
  await using second = await openTestConsole(t);
  await signInAs(second, 'boss', usual);
  await second.sees('Admin Page');
});
