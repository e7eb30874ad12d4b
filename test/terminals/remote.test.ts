import { expect, test } from 'vitest';
import { Refusal } from '../../src/refusal.ts';
import { openAccounts, usual } from '../support/accounts.ts';
import { openRemote, usualOrigin } from '../support/remote.ts';

const openWithUsers = async (settings: { autoLogin?: boolean; newUserIsActive?: boolean } = {}) => {
  const t = await openAccounts({ settings });
  await t.add('root', { isSuperuser: true });
  await t.add('ada');
  const come = (username: string) =>
    t.accounts.signIn({
      username,
      password: usual,
      door: 'ssh',
      source: '192.0.2.7',
      from: { ...usualOrigin, door: 'ssh' },
    });
  return { ...t, come };
};

test('who has signed in at the door sees the Admin Page, as an ordinary user the Profile', async () => {
  await using t = await openWithUsers();
  await using root = await openRemote(t, { signedIn: await t.come('root') });
  await root.sees('Admin Page');
  await using ada = await openRemote(t, { signedIn: await t.come('ada') });
  await ada.sees('Profile');
  expect(ada.screen()).not.toContain('Admin Page');
});

test('every line begins at the left: bare line feeds become CR LF', async () => {
  await using t = await openWithUsers();
  await using ui = await openRemote(t, { signedIn: await t.come('root') });
  await ui.sees(/^ Langinfra › Admin Page/);
  expect(ui.bytes()).not.toMatch(/[^\r]\n/);
});

test('the terminal is as it was before when somebody quits, and the session has ended in the store', async () => {
  await using t = await openWithUsers();
  await using ui = await openRemote(t, { from: { door: 'browser', address: '192.0.2.7' } });
  await ui.sees('Username');
  expect(ui.terminal.buffer.active.type).toBe('alternate');
  await ui.session.type(`root\r${usual}\r`);
  await ui.sees('Admin Page');
  await ui.session.type('q');
  expect(await ui.session.ended).toEqual({});
  await expect.poll(() => ui.terminal.buffer.active.type).toBe('normal');
  expect(await t.rows('select * from session')).toEqual([]);
  const [last] = await t.rows<{ event: string; door: string; origin: string }>(
    'select event, door, origin from audit order by id desc limit 1',
  );
  expect(last).toMatchObject({ event: 'signed_out', door: 'browser' });
  expect(last?.origin).toContain('192.0.2.7');
});

test.each([
  { columns: 0, rows: 0 },
  { columns: Number.NaN, rows: -3 },
])('a terminal that says it is $columns by $rows gets 80x24', async size => {
  await using t = await openWithUsers();
  await using ui = await openRemote(t, { signedIn: await t.come('root'), size });
  await ui.sees(/^ Langinfra › Admin Page[\s\S]*quit$/);
});

test('of many sizes in a row the last one is drawn', async () => {
  await using t = await openWithUsers();
  await using ui = await openRemote(t, { signedIn: await t.come('root') });
  for (let columns = 81; columns < 200; columns += 1) ui.session.resize({ columns, rows: 30 });
  ui.resize({ columns: 60, rows: 15 });
  await ui.sees('Langinfra needs 80x24; this terminal is 60x15');
});

test('colours are taken out for one terminal, and ASCII is for another', async () => {
  await using t = await openWithUsers();
  await using plain = await openRemote(t, { signedIn: await t.come('root'), colourless: true });
  await using coloured = await openRemote(t, { signedIn: await t.come('root'), ascii: true });
  await plain.sees('Admin Page');
  await coloured.sees('Admin Page');
  const colour = /\x1b\[(?:3[0-7]|9[0-7])m/;
  expect(plain.bytes()).not.toMatch(colour);
  expect(coloured.bytes()).toMatch(colour);
  expect(plain.screen()).toContain('›');
  expect(coloured.screen()).not.toContain('›');
});

test('it cannot be suspended: that would stop everybody', async () => {
  await using t = await openWithUsers();
  await using ui = await openRemote(t, { signedIn: await t.come('root') });
  await ui.session.type('\x1a');
  await ui.sees('This session cannot be suspended');
});

test('a client that leaves a megabyte unread is dropped, and its session ends', async () => {
  await using t = await openWithUsers();
  await using ui = await openRemote(t, { from: { door: 'browser', address: '192.0.2.7' }, stalls: true });
  await ui.session.type(`root\r${usual}\r`);
  await expect.poll(() => t.rows('select * from session')).toHaveLength(1);
  await using other = await openRemote(t, { signedIn: await t.come('root') });
  let outcome: { error?: Error } | undefined;
  ui.session.ended.then(ended => {
    outcome = ended;
  });
  while (!outcome && ui.bytes().length < 5_000_000) await ui.session.type('\x0c');
  expect((await ui.session.ended).error).toMatchObject({ code: 'fell_behind' });
  expect(ui.bytes().length).toBeLessThan(1_200_000);
  expect(await t.rows('select * from session')).toHaveLength(1);
  await other.session.type('n');
  await other.sees('New User');
});

test('a paste without an end is not collected for ever', async () => {
  await using t = await openWithUsers();
  await using ui = await openRemote(t, { signedIn: await t.come('root') });
  await ui.session.type('\x1b[20');
  await ui.session.type(`0~${'x'.repeat(1_100_000)}`);
  expect((await ui.session.ended).error).toMatchObject({ code: 'paste_too_long' });
});

test('several pastes of a usual length are taken', async () => {
  await using t = await openWithUsers();
  await using ui = await openRemote(t, { signedIn: await t.come('root') });
  for (let count = 0; count < 20; count += 1)
    await ui.session.type(`\x1b[200~${'x'.repeat(60_000)}\x1b[201~`);
  await ui.session.type('n');
  await ui.sees('New User');
});

test('over SSH a session that is ended elsewhere ends the console; in a browser the login screen comes', async () => {
  await using t = await openWithUsers();
  const signedIn = await t.come('ada');
  await using ssh = await openRemote(t, { signedIn });
  await using browser = await openRemote(t, {
    signedIn: await t.come('ada'),
    from: { door: 'browser', address: '192.0.2.8' },
  });
  await ssh.sees('Profile');
  await browser.sees('Profile');
  await t.accounts.sessions.endOthers((await t.come('root')).actor);
  expect((await ssh.session.ended).error).toEqual(new Refusal('session_ended'));
  await browser.sees(/Your session has ended[\s\S]*Username/);
});

test('over SSH signing out ends the console', async () => {
  await using t = await openWithUsers();
  await using ui = await openRemote(t, { signedIn: await t.come('root') });
  await ui.sees('Admin Page');
  await ui.session.type('m');
  await ui.sees('Sign out');
  for (const key of ['\x1b[A', '\r']) await ui.session.type(key);
  expect(await ui.session.ended).toEqual({});
});

test('nobody is signed in by itself over SSH, where AUTO_LOGIN is on as well', async () => {
  await using t = await openWithUsers({ autoLogin: true });
  await t.accounts.bootstrap.prepare(undefined);
  expect(await t.accounts.signInAutomatically('ssh')).toBeUndefined();
  expect(await t.accounts.signInAutomatically('browser')).toBeDefined();
  await using ui = await openRemote(t);
  expect(await ui.session.ended).toEqual({});
  expect(ui.screen()).not.toContain('Admin Page');
});

test('who guesses passwords in a browser is held up, as over HTTP', async () => {
  await using t = await openWithUsers();
  await using ui = await openRemote(t, { from: { door: 'browser', address: '192.0.2.8' } });
  await ui.sees('Username');
  await ui.session.type('ada\r');
  const failed = "select * from audit where event = 'sign_in_failed' and door = 'browser'";
  for (let count = 1; count <= 5; count += 1) {
    await ui.session.type(`guess ${count}\r`);
    await expect.poll(() => t.rows(failed)).toHaveLength(count);
  }
  await ui.sees('Incorrect username or password');
  await ui.session.type('guess 6\r');
  await ui.sees('Too many failed sign-ins');
});

test('in a browser nobody makes the first superuser: it says where to', async () => {
  await using t = await openAccounts();
  await using ui = await openRemote(t, { from: { door: 'browser', address: '192.0.2.8' } });
  await ui.sees('Make one on the server: langinfra superuser');
  expect(ui.screen()).not.toContain('First Superuser');
});
