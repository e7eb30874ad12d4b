import { describe, expect, test } from 'vitest';
import { usual } from '../support/accounts.ts';
import { keys, openTestConsole } from '../support/console.tsx';
import { type AdminConsoleOptions, openAdminPage } from '../support/screens.ts';
import { soon } from './elsewhere.ts';

const { up, enter, esc } = keys;

/** The Sessions screen, before which ada is signed in over HTTP and on a terminal. */
const openSessions = async (options: AdminConsoleOptions = {}) => {
  const page = await openAdminPage({ users: ['ada', 'bob'], ...options });
  const { ui, t } = page;
  const signIn = async (door: 'http' | 'local') => {
    t.pass(1);
    return (await t.signIn('ada', usual, door)).actor;
  };
  const ada = [await signIn('http'), await signIn('local')];
  await ui.press('m');
  await ui.sees('Sign out');
  await ui.press(up, up, up, up, enter);
  await ui.sees('Langinfra › Sessions');
  await ui.sees(/^› /m);
  return { ...page, ada, [Symbol.asyncDispose]: () => page[Symbol.asyncDispose]() };
};

const ids = /^[› ][* ](\w+)( here)? +(console|HTTP)/gm;
const rowsOf = (screen: string) =>
  [...screen.matchAll(ids)].map(([, name, here = '', door]) => `${name}${here} ${door}`);

describe('Sessions', () => {
  test('shows who is signed in, the newest first, and which one is the own', async () => {
    await using page = await openSessions();
    const { ui } = page;
    const minute = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d`;
    expect(rowsOf(ui.screen())).toEqual(['ada console', 'ada HTTP', 'root here console']);
    expect(ui.line('Username')).toMatch(/^ {2}Username +Door +From +Since +Last seen$/);
    expect(ui.line('ada')).toMatch(new RegExp(`^› ada +console +${minute}  ${minute}$`));
    expect(ui.lines().at(-1)).toBe(
      ' enter end  D end all of the user  E end all  m menu  esc back  ? help  q quit',
    );
    ui.resize({ columns: 120, rows: 30 });
    await ui.sees(/Last seen +Expires/);
  });

  test('ends the chosen one, after a question that starts on Cancel', async () => {
    await using page = await openSessions();
    const { ui, t, ada } = page;
    await ui.press('d');
    await ui.sees('End Session');
    await ui.sees('ada, console');
    await ui.press(enter);
    await ui.seesNot('End Session');
    expect(await Promise.all(ada.map(t.isSignedIn))).toEqual([true, true]);
    await ui.press(enter, 'y');
    await ui.sees('The session of ada was ended');
    await ui.until(() => rowsOf(ui.screen())).toEqual(['ada HTTP', 'root here console']);
    expect(await Promise.all(ada.map(t.isSignedIn))).toEqual([true, false]);
  });

  test('ends all of a user', async () => {
    await using page = await openSessions();
    const { ui, t, ada } = page;
    await ui.press('D');
    await ui.sees('End All Sessions of a User');
    await ui.sees(/│ 2 sessions of ada +│/);
    await ui.press('y');
    await ui.sees('2 sessions of ada were ended');
    await ui.until(() => rowsOf(ui.screen())).toEqual(['root here console']);
    expect(await Promise.all(ada.map(t.isSignedIn))).toEqual([false, false]);
  });

  test('ends all but the own, after a question that says how many', async () => {
    await using page = await openSessions();
    const { ui, t, ada } = page;
    await t.signIn('bob', usual, 'http');
    await ui.sees('bob');
    await ui.press('E');
    await ui.sees('End All Sessions');
    await ui.sees(/│ 3 sessions +│/);
    await ui.sees('All sessions of everybody end, at every door, but the one');
    await ui.press(enter);
    await ui.seesNot('End All Sessions');
    expect(await Promise.all(ada.map(t.isSignedIn))).toEqual([true, true]);
    await ui.press('E');
    await ui.sees('End All Sessions');
    await ui.press('y');
    await ui.sees('3 sessions were ended');
    await ui.until(() => rowsOf(ui.screen())).toEqual(['root here console']);
    expect(await Promise.all(ada.map(t.isSignedIn))).toEqual([false, false]);
    await ui.press('E');
    await ui.sees('Not done: There is no session but your own');
  });

  test('does not end the own session, and says what does', async () => {
    await using page = await openSessions();
    const { ui, t } = page;
    t.pass(1);
    await t.signIn('root', usual, 'http');
    await ui.sees(/root +HTTP/);
    await ui.press('G', 'd');
    await ui.sees('Not done: Sign out to end your own session');
    expect(ui.screen()).not.toContain('End Session');
    await ui.press('D');
    await ui.sees(/│ 1 session of root +│/);
    await ui.press('y');
    await ui.sees('The session of root was ended');
    await ui.press('D');
    await ui.sees('Not done: root has no session but your own');
    expect(ui.screen()).not.toContain('End All Sessions');
    await ui.until(() => rowsOf(ui.screen())).toEqual(['ada console', 'ada HTTP', 'root here console']);
  });

  test('shows within a second who signs in and out elsewhere, with the cursor on its session', async () => {
    await using page = await openSessions();
    const { ui, t, ada } = page;
    const other = await t.another();
    await ui.press('j');
    await ui.sees('› ada               HTTP');
    t.pass(1);
    const bob = await other.signIn('bob');
    await soon(() => ui.sees('bob'));
    expect(rowsOf(ui.screen())).toEqual(['bob console', 'ada console', 'ada HTTP', 'root here console']);
    expect(ui.line('›')).toBeDefined();
    await ui.sees('› ada               HTTP');
    await other.accounts.sessions.end(bob.session.id);
    await soon(() => ui.seesNot('bob'));
    await ui.sees('› ada               HTTP');
    await t.accounts.sessions.end(ada[0]?.kind === 'session' ? ada[0].sessionId : '');
    await ui.until(() => rowsOf(ui.screen())).toEqual(['ada console', 'root here console']);
    await ui.sees('› root here');
  });

  test('esc goes back to the Admin Page; the help says the command that does the same', async () => {
    await using page = await openSessions({ users: ['ada', 'o brien'] });
    const { ui } = page;
    await ui.press('?', ...'ends all', keys.right);
    await ui.sees('langinfra sessions end --user ada');
    await ui.press(esc, esc, esc);
    await ui.sees('Langinfra › Admin Page');
    await ui.sees(/^› ada/m);
  });

  test('offers no command where one would end the own session', async () => {
    await using page = await openSessions();
    const { ui, t } = page;
    await t.signIn('root', usual, 'http');
    await ui.sees(/root +HTTP/);
    for (const key of ['D', 'E']) {
      await ui.press('G', key);
      await ui.sees('End All Sessions');
      await ui.press('c');
      await ui.sees('A command would end your own session, too.');
      expect(ui.screen()).not.toContain('langinfra sessions end');
      await ui.press(esc, esc);
      await ui.seesNot('End All Sessions');
    }
    await ui.press('?', ...'ends all sessions of everybody');
    await ui.sees('A command would end your own session, too');
  });

  test('has room for very many, and reads only what is near', async () => {
    await using page = await openAdminPage();
    const { ui, t } = page;
    await t.rows(`with recursive n (i) as (select 1 union all select i + 1 from n where i < 3000)
      insert into session (id, user_id, door, created_at)
      select printf('%032x', i), (select id from user limit 1), 'http', '2026-01-01 00:00:00.' || printf('%06d', i)
      from n`);
    await ui.press('m');
    await ui.sees('Sign out');
    await ui.press(up, up, up, up, enter);
    await ui.sees(/^› root here/m);
    await ui.press('G');
    await ui.sees(/^› root +HTTP/m);
    await ui.press(...Array(5).fill(keys.pageUp), 'g');
    await ui.sees(/^› root here/m);
  });

  test('an ordinary user is not offered it', async () => {
    await using page = await openSessions();
    const { ui, t } = page;
    await ui.press('m', keys.up, enter);
    await ui.sees('Password');
    ui.burst('bob', enter);
    await ui.sees('Password');
    ui.burst(usual, enter);
    await ui.sees('Langinfra › Profile');
    await ui.press('m');
    await ui.sees('Profile');
    expect(ui.screen()).not.toContain('Sessions');
    expect(await t.accounts.sessions.countOpen()).toBe(3);
  });

  test('is heard as it is seen', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { t } = page;
    t.pass(1);
    await t.signIn('ada', usual, 'http');
    t.pass(1);
    await using heard = await openTestConsole(t, { linear: true, columns: 200, rows: 60 });
    await heard.sees('Username');
    heard.burst('root', enter);
    await heard.sees('Password');
    heard.burst(usual, enter);
    await heard.sees('Admin Page');
    await heard.press('m');
    await heard.sees('Profile menu');
    await heard.press(up, up, up, up, enter);
    await heard.sees('Sessions.');
    await heard.sees(/root, your own session, console/);
    await heard.press('j');
    await heard.sees(/ada, HTTP, since/);
  });
});
