import { describe, expect, test } from 'vitest';
import { openAccounts, operator, usual } from '../support/accounts.ts';
import { keys, openTestConsole, signInAs } from '../support/console.tsx';
import { openListener } from '../support/listener.ts';
import { openAdminPage } from '../support/screens.ts';
import { elsewhere, soon } from './elsewhere.ts';
import { openFrames } from './frames.tsx';

const { enter, tab, esc, ctrl } = keys;
const own = 'my own horse';
const reason = 'You have to choose a new password before you can go on.';

/** A console on which root and ada, who is no superuser, have to choose a password when they have signed in. */
const opened = async () => {
  const t = await openAccounts();
  const flags = { mustChangePassword: true };
  await t.add('root', { isSuperuser: true, ...flags });
  await t.add('ada', flags);
  const ui = await openTestConsole(t);
  return {
    t,
    ui,
    find: async (username: string) => (await t.store.read.users.findByName(username))?.user,
    [Symbol.asyncDispose]: async () => {
      await ui[Symbol.asyncDispose]();
      await t[Symbol.asyncDispose]();
    },
  };
};

describe('who has to change the password', () => {
  test.each([
    ['root', '1 of 2'],
    ['ada', '› Change password'],
  ])('does that before anything else: %s', async (name, home) => {
    await using it = await opened();
    const { ui, t, find } = it;
    await signInAs(ui, name, usual);
    await ui.sees(reason);
    expect(ui.screen()).not.toMatch(/Admin Page|Profile|Current Password/);
    ui.burst(own, enter, own, enter, enter);
    await ui.sees('Your password was changed; your other sessions have ended');
    await ui.sees(home);
    await ui.seesNot(reason);
    expect(await find(name)).toMatchObject({ mustChangePassword: false });
    expect(await t.signIn(name, own)).toMatchObject({ user: { username: name } });
  });

  test('is told first how many sign-ins failed, and once', async () => {
    await using it = await opened();
    const { ui } = it;
    await signInAs(ui, 'ada', 'wrong');
    await ui.sees('Incorrect username or password');
    await ui.press(...usual, enter);
    await ui.sees(reason);
    await ui.sees('Note: 1 failed sign-in');
    ui.burst(own, enter, own, enter, enter);
    await ui.sees('Your password was changed');
    expect(ui.screen()).not.toContain('failed sign-in');
  });

  test('gets nowhere else by any key', async () => {
    await using it = await opened();
    const { ui, find } = it;
    await signInAs(ui, 'root', usual);
    await ui.sees(reason);
    await ui.press(tab, tab, ...'?:mnqAapd', keys.home, keys.right, keys.right, keys.right);
    await ui.sees(reason);
    expect(ui.screen()).not.toMatch(/Admin Page|Profile|Help|New User|Sessions/);
    expect(ui.outcome()).toBeUndefined();
    expect(await find('root')).toMatchObject({ mustChangePassword: true, version: 1 });
  });

  test.each([
    ['esc', [esc]],
    ['the button', [keys.shiftTab, enter]],
  ])('signs out by %s, and has to do it the next time', async (_, away) => {
    await using it = await opened();
    const { ui, t } = it;
    await signInAs(ui, 'root', usual);
    await ui.sees('[ Sign out ]');
    await ui.press(...away);
    await ui.sees('[ Sign in ]');
    expect(await t.rows('select id from session')).toEqual([]);
    await signInAs(ui, 'root', usual);
    await ui.sees(reason);
  });

  test('is told what is wrong with a password, and what was typed stays', async () => {
    await using it = await opened();
    const { ui } = it;
    await signInAs(ui, 'root', usual);
    await ui.sees(reason);
    ui.burst(usual, tab, usual, ctrl('s'));
    await ui.sees("You can't use your current password");
    ui.burst(ctrl('u'), own, tab, ctrl('u'), 'another', ctrl('s'));
    await ui.sees('The two passwords are not the same');
    await ui.press(ctrl('g'));
    await ui.sees('made: ');
    await ui.press(ctrl('s'));
    await ui.sees('Your password was changed');
  });

  test('types the present password, too, where the sign-in is a while ago', async () => {
    await using it = await opened();
    const { ui, t } = it;
    await signInAs(ui, 'root', usual);
    await ui.sees(reason);
    t.pass(301);
    ui.burst(own, tab, own, ctrl('s'));
    await ui.sees('You signed in a while ago: type your present password, too');
    ui.burst('wrong horse', tab, own, tab, own, ctrl('s'));
    await ui.sees('The current password is not right');
    ui.burst(ctrl('u'), usual, ctrl('s'));
    await ui.sees('1 of 2');
  });

  test('sees this at 80x24', async () => {
    await using ui = await openFrames({
      before: t => t.add('root', { isSuperuser: true, mustChangePassword: true }),
    });
    ui.type('root', enter, usual, enter);
    expect(await ui.frame('Change password')).toMatchInlineSnapshot(`
      "
      (4 empty lines)
                Change password

                You have to choose a new password before you can go on.

                › New Password

                  Confirm Password


                  [ Save ]  [ Sign out ]
      (8 empty lines)
       tab next  ctrl-g make a password  ctrl-s save  esc sign out  ctrl-c quit"
    `);
  });

  test('hears it where the console is heard', async () => {
    await using me = await openListener();
    await (await elsewhere(me)).change('root', { mustChangePassword: true });
    await me.press(...'root', enter, ...usual, enter);
    await me.hears('Change password.\n', `${reason}\n`, 'escape sign out', 'New Password, hidden text: ');
    await me.press(...own, tab, ...own, ctrl('s'));
    await me.hears('Admin Page.\n', 'Your password was changed');
    me.expectText();
    expect(me.ui.bytes()).not.toContain(own);
  });
});

/** A console on which ada, who was recovered, has signed in with the code. */
const recovered = async () => {
  const it = await opened();
  const { recovery } = it.t.accounts;
  const { code } = await recovery.recover(operator, await recovery.find(operator, 'ada'));
  await signInAs(it.ui, 'ada', code);
  await it.ui.sees(reason);
  return it;
};

describe('who was recovered', () => {
  test('is not asked for the password that is lost, however long the new one takes', async () => {
    await using it = await recovered();
    it.t.pass(600);
    it.ui.burst(own, tab, own, ctrl('s'));
    await it.ui.sees('Your password was changed');
    await it.t.signIn('ada', own);
  });

  test('is signed out where the console would lock: nobody could unlock it', async () => {
    await using it = await recovered();
    // Node says so of a timer that was to end before it began.
    const warnings: Error[] = [];
    const listen = (warning: Error) => void warnings.push(warning);
    process.on('warning', listen);
    it.t.pass(905);
    await it.ui.press('x');
    await it.ui.sees('You were signed out: nobody chose a new password');
    await it.ui.sees('[ Sign in ]');
    expect(it.ui.screen()).not.toContain('Locked');
    expect(await it.t.rows('select id from session')).toEqual([]);
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  });
});

// These wait for the store's question whether another process changed it, every 250 ms: so they wait together.
describe.concurrent('an open console', () => {
  test.each([
    ['the Admin Page', '', 'Admin Page'],
    ['a form', 'nbob', 'New User'],
    ['the menu', 'm', 'Sign out'],
    ['the audit', 'A', 'Audit'],
  ])('is confined at once from %s, and free again where the need is taken away', async (_, way, there) => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui } = page;
    ui.burst(way);
    await ui.sees(there);
    const other = await elsewhere(page);
    await other.change('root', { mustChangePassword: true });
    await soon(() => ui.sees(reason));
    expect(ui.screen()).not.toMatch(/Admin Page|New User|Audit/);
    await other.change('root', { mustChangePassword: false });
    await soon(() => ui.sees(/Admin Page[\s\S]*1 of 2/));
  });
});

test('a key that comes before the console has heard of it does nothing', async () => {
  await using t = await openAccounts();
  await t.add('root', { isSuperuser: true });
  const { id } = await t.add('ada');
  // A console that hears of no change by itself.
  await using ui = await openTestConsole({ accounts: { ...t.accounts, onChange: () => () => {} } });
  await signInAs(ui, 'root', usual);
  await ui.sees(/› ada +\[x\]/);
  await (await elsewhere({ t })).change('root', { mustChangePassword: true });
  await ui.press('a');
  await ui.sees(reason);
  expect(ui.screen()).not.toContain('Password change required');
  expect(await t.find(id)).toMatchObject({ isActive: true });
});

test('New User gives the need to whom it is chosen for, and c shows the command with it', async () => {
  await using page = await openAdminPage({ users: ['ada'] });
  const { ui, find } = page;
  // The first letter is Cyrillic.
  ui.burst('n', keys.paste('аda'), tab, usual, tab, usual, tab, ' ', tab, tab, ' ', ctrl('s'));
  await ui.sees('Doubted');
  await ui.press('c');
  await ui.sees(/--active\s+--must-change/);
  await ui.press(esc, 'y');
  await ui.sees('was added');
  expect(await find('аda')).toMatchObject({ isActive: true, isSuperuser: false, mustChangePassword: true });
});
