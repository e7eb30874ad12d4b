import { expect, test } from 'vitest';
import { openAccounts, operator, usual } from '../support/accounts.ts';
import { keys, openTestConsole, signInAs } from '../support/console.tsx';
import { newKeyPair } from '../support/ssh-keys.ts';

const openSshKeys = async (autoLogin = false) => {
  const t = await openAccounts({ settings: { autoLogin } });
  await t.add('root', { isSuperuser: true });
  const ada = await t.add('ada');
  const ui = await openTestConsole(t);
  await signInAs(ui, 'ada', usual);
  await ui.sees('Profile');
  await ui.sees('Set up one-time codes');
  await ui.press(keys.down, keys.down, keys.enter);
  await ui.sees('SSH Keys');
  return {
    t,
    ui,
    ada,
    [Symbol.asyncDispose]: async () => {
      await ui[Symbol.asyncDispose]();
      await t[Symbol.asyncDispose]();
    },
  };
};

test('a key is pasted, saved, and signs its owner in', async () => {
  await using at = await openSshKeys();
  const { line } = newKeyPair();
  await at.ui.press(keys.enter);
  await at.ui.sees('Add an SSH Key');
  await at.ui.press(keys.paste(`${line}\n`), keys.tab, ...usual, keys.ctrl('s'));
  await at.ui.sees('You can sign in over SSH with SHA256:');
  await at.ui.sees(/SHA256:\S{13} {2}somebody@laptop/);
  expect(await at.t.accounts.sshKeys.list(operator, at.ada.id)).toHaveLength(1);
});

test('what is no key is refused at the field, and stays to be mended', async () => {
  await using at = await openSshKeys();
  await at.ui.press(keys.enter);
  await at.ui.sees('Add an SSH Key');
  await at.ui.press('hello', keys.tab, ...usual, keys.ctrl('s'));
  await at.ui.sees('This is no public key');
  expect(at.ui.screen()).toContain('hello');
});

test('whoever finds the console open adds none without the password of its user', async () => {
  await using at = await openSshKeys();
  await at.ui.press(keys.enter);
  await at.ui.sees('Current Password');
  await at.ui.press(keys.paste(newKeyPair().line), keys.ctrl('s'));
  await at.ui.sees('The current password is not right');
  await at.ui.press('wrong', keys.ctrl('s'));
  await at.ui.sees('The current password is not right');
  expect(await at.t.accounts.sshKeys.list(operator, at.ada.id)).toEqual([]);
});

test('a key is removed after a yes, and not after a no', async () => {
  await using at = await openSshKeys();
  await at.t.accounts.sshKeys.add(operator, at.ada.id, newKeyPair().line);
  await at.ui.press(keys.esc, keys.enter);
  await at.ui.sees('somebody@laptop');
  await at.ui.press(keys.enter);
  await at.ui.sees('Remove an SSH Key');
  await at.ui.press('n');
  expect(await at.t.accounts.sshKeys.list(operator, at.ada.id)).toHaveLength(1);
  await at.ui.press(keys.enter);
  await at.ui.sees('Remove an SSH Key');
  await at.ui.press('y');
  await at.ui.sees('was removed');
  await at.ui.seesNot('somebody@laptop');
  expect(await at.t.accounts.sshKeys.list(operator, at.ada.id)).toEqual([]);
});
