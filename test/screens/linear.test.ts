import { describe, expect, test } from 'vitest';
import { openAccounts, usual } from '../support/accounts.ts';
import { keys, openTestConsole } from '../support/console.tsx';
import { openListener } from '../support/listener.ts';

const { enter, tab, esc, down, up, left, right, backspace, ctrl } = keys;
const typed = 'correct horse battery';

test('a whole visit is heard: signing in, the list, a toggle, a new user, the help, and the way out', async () => {
  await using me = await openListener({ users: ['ada', 'grace'], notices: ['The key is short.'] });
  await me.hears('Langinfra.\n', 'The key is short.\n', 'Keys: ', 'Username, text: ');
  await me.press(...'root', enter);
  await me.hears('root\nPassword, hidden text: ');
  await me.press(...'wrong password', enter);
  await me.hears('\nSigning in...\n', 'Incorrect username or password.', '\nPassword, hidden text: ');
  await me.press(...usual, enter);
  await me.hears('Signing in...\n', 'Admin Page.\n', 'Signed in as root, superuser.\n', '3 users.\n');
  await me.press(down);
  await me.hears('grace, active, not a superuser, created just now, never signed in, 2 of 3.\n');
  await me.press('a');
  await me.hears('grace is not active any more, u undoes it.\n');
  await me.press('u');
  await me.hears('Undone: grace is as before.\n');
  await me.press('n');
  await me.hears('New User.\n', 'Keys: tab next', 'Username, text: ');
  await me.press(...'eve', tab, ...'short', tab, ...'short', tab);
  await me.hears(
    'eve\nPassword, hidden text: \n',
    'Confirm Password, hidden text: \n',
    'Active, not checked, checkbox, space changes it.\n',
  );
  await me.press(' ', ctrl('s'));
  await me.hears('Active, checked.\n', 'Password: A password has at least 8 characters', 'Password, ');
  await me.press(esc);
  await me.hears('Admin Page.\n', 'grace, active');
  await me.press('?', ...'quits');
  await me.hears('Help.\n', 'Type to search, ', 'q quits, 1 of 2.\n', 'quits');
  await me.press(enter);
  await me.ui.until(me.ui.outcome).toEqual({});
  me.expectText();
  expect(me.ui.bytes()).not.toContain(usual);
  expect(me.ui.bytes()).not.toMatch(/wrong password|short\n|undefined|\.\.\.\.|\n\n/);
  expect(me.ui.bytes().endsWith('\n')).toBe(true);
});

describe('typing', () => {
  test('is echoed as a shell does, and what is taken back is said anew', async () => {
    await using me = await openListener();
    await me.hears('Username, text: ');
    await me.press(...'adx');
    await me.hears(/^adx$/);
    await me.press(backspace, 'a');
    await me.hears(/^\nUsername: ada$/);
    await me.press(left, left);
    await me.hears('\nBefore a.\nBefore d.\n');
    await me.press('x');
    await me.hears(/^Username: axda$/);
  });

  test('in a burst is heard whole, though the next key goes elsewhere', async () => {
    await using me = await openListener();
    await me.signIn();
    me.ui.burst('n', 'eve', tab, typed, tab, typed, tab, ' ');
    await me.hears(
      'Username, text: eve\nPassword, hidden text: \nConfirm Password, hidden text: \nActive, checked',
    );
    expect(me.ui.bytes()).not.toContain(typed);
  });

  test('of a search tells what it found', async () => {
    await using me = await openListener({ users: ['ada', 'grace'] });
    await me.signIn();
    await me.press('/', ...'gra');
    await me.hears('Search, enter keeps it, escape clears it: ', 'gra', '1 username has that in it.\n');
    await me.press(enter);
    await me.hears('Search: gra.\n');
    await me.press(esc);
    await me.hears('3 users.\n');
    await me.press('/', ...'zz');
    await me.hears('No usernames have that in it.\n');
    me.expectText();
  });
});

describe('of many users', () => {
  test('marks, the plan and what was done are heard', async () => {
    await using me = await openListener({ users: ['ada', 'grace'] });
    await me.signIn();
    await me.press('x');
    await me.hears('1 marked.\nada, marked.\n');
    await me.press(down);
    await me.hears('grace, active, not a superuser, created');
    await me.press('x', up);
    await me.hears('2 marked.\ngrace, marked.\n', 'ada, active, not a superuser, marked, created');
    await me.press('x');
    await me.hears('1 marked.\nada, not marked.\n');
    await me.press('x', 'a');
    await me.hears('Deactivate 2 Marked Users: 2 to deactivate.\n', 'Cancel, button, 1 of 2.\n');
    await me.press(tab);
    await me.hears('Deactivate, button, 2 of 2.\n');
    await me.press('a');
    await me.hears('Activate 2 Marked Users: 0 to activate, 2 already active.\n');
    await me.press('a');
    await me.hears('Deactivate 2 Marked Users: ');
    await me.press('y');
    await me.hears('Admin Page.\n', '2 users are not active any more, u undoes it.\n', 'Nobody is marked.\n');
    await me.press('f');
    await me.hears('Only pending users.\n', '2 users.\n');
    await me.press('u');
    await me.hears('Undone: 2 users are as before.\n');
    me.expectText();
  });

  test('a change that is done at once has no progress to tell', async () => {
    await using me = await openListener({ users: ['ada'] });
    await me.signIn();
    await me.press('*', 'd');
    await me.hears('Delete 2 Marked Users: 1 to delete, 1 refused: ');
    await me.press('y');
    await me.hears('1 user was deleted.\n');
    expect(me.ui.bytes()).not.toContain('percent');
  });

  test('progress is heard where it takes long, and that everything was taken back', async () => {
    await using me = await openListener({ users: ['ada'] });
    await me.signIn();
    const other = Promise.withResolvers<void>();
    const holding = me.t.store.write(() => other.promise);
    await me.press('x', 'a', 'y');
    await me.hears('1 user to deactivate.\n0 percent.\nKeys: escape take back.\n');
    await me.press(esc);
    await me.hears('Taking everything back...\n');
    other.resolve();
    await holding;
    await me.hears('Note: Everything was taken back.\nAdmin Page.\n', 'ada, active, not a superuser, marked');
  });
});

test('what others change, and what is not to be done, is heard where it happens', async () => {
  await using me = await openListener({ users: ['ada'] });
  await me.signIn();
  await me.press(down, 's');
  await me.hears('Not done: ');
  await me.press(up);
  await me.hears('ada, active');
  const ada = (await me.t.store.read.users.findByName('ada'))?.user;
  if (!ada) throw new Error('no ada');
  await me.t.accounts.users.change({ kind: 'operator', osUser: 'op' }, ada.id, { isSuperuser: true }, ada);
  await me.hears('ada, superuser.\n');
});

test('ctrl-l says the whole screen again, each row one sentence', async () => {
  await using me = await openListener({ users: ['ada', 'grace'] });
  await me.signIn();
  await me.press(ctrl('l'));
  await me.hears(
    'Admin Page.\n',
    '3 users.\n',
    'ada, active, not a superuser, created just now, never signed in, 1 of 3, selected.\n',
    'grace, active, not a superuser, created just now, never signed in, 2 of 3.\n',
    /root, active, superuser, created just now, last login just now, 3 of 3\.\nKeys: .*\n$/,
  );
});

test('who comes back with fg hears once where that is', async () => {
  const me = await openListener({ stop: async () => me.ui.session.redraw() });
  await using _ = me;
  await me.signIn();
  await me.press(ctrl('z'));
  await me.hears('Admin Page.\n', 'root, active, superuser, ', 'q quit.\n');
  await me.press('m');
  await me.hears(/^Profile menu of root\.\n/);
});

test('a terminal too small to draw on is large enough to hear it', async () => {
  await using me = await openListener({ columns: 20, rows: 1 });
  await me.signIn();
  me.ui.resize({ columns: 10, rows: 2 });
  await me.press('m');
  await me.hears('Profile menu of root.\n');
});

test('the help says what cannot be done now, and the command that does the same', async () => {
  await using me = await openListener();
  await me.signIn();
  await me.press('?', ...'toggles Active');
  await me.hears(/a toggles Active, Not now: [^\n]+, 1 of \d+\.\n/);
  await me.press(right);
  await me.hears(
    'a toggles Active.\n',
    'Not now: ',
    'In a shell this does the same:\n',
    // Without a full stop, which would be taken for a part of the name.
    'langinfra users deactivate root\n',
  );
});

test('everything about a user, and its menu and profile, are sentences', async () => {
  await using me = await openListener({ users: ['ada'] });
  await me.signIn();
  await me.press(enter);
  await me.hears('Details of ada.\n', 'Active: yes.\n', 'Sessions: none.\n', 'ada can sign in');
  await me.press(esc, 'y');
  await me.hears('Not done: This terminal gets text only');
  await me.press('m');
  await me.hears('Profile menu of root.\n', 'Profile, 1 of 6.\n');
  await me.press(enter);
  await me.hears('Profile.\n', 'Username: root.\n', 'Second step: none.\n', 'Change password, 1 of 5.\n');
  me.expectText();
});

test('no name makes a terminal do anything, or sounds like more than a name', async () => {
  await using me = await openListener({ listed: ['b\x1b[2J', 'eve, active, superuser'] });
  await me.signIn();
  await me.press(down);
  await me.hears('"eve, active, superuser", active, not a superuser, ');
  me.expectText();
});

test('the Profile of an ordinary user is heard with no key that leads nowhere', async () => {
  await using t = await openAccounts();
  await t.add('root', { isSuperuser: true });
  await t.add('ada');
  await using heard = await openTestConsole(t, { linear: true, columns: 200, rows: 60 });
  await heard.sees('Username');
  heard.burst('ada', enter);
  await heard.sees('Password');
  heard.burst(usual, enter);
  await heard.sees(/Profile\.[\s\S]*Keys: enter choose/);
  expect(heard.bytes()).not.toContain('escape back');
});

describe('several lines that are pasted', () => {
  const note = 'Note: Several lines came at once: Enter was not pressed for them.\n';

  test('press no Enter: the first one stands in the field, and the next ones answer nothing', async () => {
    await using me = await openListener();
    await me.hears('Username, text: ');
    me.ui.burst(`root\n${usual}\n`);
    await me.hears(note, /Username: root$/);
    const pressed = async () => {
      await me.press(enter);
      return me.ui.bytes();
    };
    // A key that comes right behind them is one of theirs.
    await expect.poll(pressed, { interval: 150, timeout: 10_000 }).toMatch(/Password, hidden text: $/);
    expect(me.ui.bytes()).not.toContain('Signing in');
  });

  test('nor does what comes of them in a second read', async () => {
    await using me = await openListener();
    await me.hears('Username, text: ');
    me.ui.burst('root\nand mo');
    await me.hears(note);
    me.ui.burst('re\n');
    await me.hears('Username: rootre');
    expect(me.ui.bytes()).not.toContain('Password');
  });

  test('do nothing where there is no field, and ctrl-c quits as ever', async () => {
    await using me = await openListener({ users: ['ada'] });
    await me.signIn();
    me.ui.burst('d\ny\n', keys.ctrl('c'));
    await me.ui.until(me.ui.outcome).toEqual({});
    expect(me.ui.bytes()).not.toContain('Delete');
    expect((await me.t.everything()).users).toHaveLength(2);
  });

  test('one line with its end is a typed one', async () => {
    await using me = await openListener();
    await me.hears('Username, text: ');
    me.ui.burst('root\n');
    await me.hears('Password, hidden text: ');
    me.ui.burst(`${usual}\r`);
    await me.hears('Admin Page.\n');
  });

  test('a key that comes with the one that asks is no answer', async () => {
    await using me = await openListener({ users: ['ada'] });
    await me.signIn();
    me.ui.burst('dy');
    await me.hears('Delete User.\nada.\n', 'Cancel, button');
    expect((await me.t.everything()).users).toHaveLength(2);
    await me.press('y');
    await expect.poll(async () => (await me.t.everything()).users).toHaveLength(1);
  });
});
