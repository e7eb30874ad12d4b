import { describe, expect, test } from 'vitest';
import { openAccounts, operator, usual } from '../support/accounts.ts';
import { keys, openTestConsole, signInAs, type TestConsole } from '../support/console.tsx';
import { openAdminPage } from '../support/screens.ts';
import { elsewhere } from './elsewhere.ts';

const { enter, tab, up, ctrl } = keys;
const idleSeconds = 900;
const settings = { sessionIdleSeconds: idleSeconds };

/** All lines of both screens of the terminal, with what was scrolled away. */
const everythingOn = ({ terminal }: TestConsole): string =>
  [terminal.buffer.normal, terminal.buffer.alternate]
    .flatMap(buffer =>
      Array.from({ length: buffer.length }, (_, y) => buffer.getLine(y)?.translateToString(true) ?? ''),
    )
    .join('\n');

const eventsOf = (t: { rows: <Row>(query: string) => Promise<Row[]> }) =>
  t.rows<{ event: string; outcome: string; detail: string }>(
    `select event, outcome, detail from audit where event like '%lock%' order by id`,
  );

describe('a console that nobody uses locks', () => {
  test('after so many seconds without a key, with nothing of the page left, and the password brings it back', async () => {
    await using page = await openAdminPage({ users: ['ada', 'bob'], settings });
    const { ui, t } = page;
    ui.burst('x', '/', 'ad', enter, 'n', 'carla');
    await ui.sees(/Username +carla/);
    await ui.sees('1 of 1');
    // All but the line of messages, which says afterwards what was tried.
    const unsaid = () => ui.screen().replace(/^ Note: .*$/m, '');
    const before = unsaid();
    t.pass(idleSeconds);
    await ui.sees('Locked');
    await ui.sees('Signed in as root.');
    for (const hidden of ['Admin Page', 'ada', 'bob', 'carla', 'New User', 'Superuser'])
      expect(everythingOn(ui)).not.toContain(hidden);
    ui.burst('wrong horse', enter);
    await ui.sees('Incorrect password');
    expect(ui.screen()).not.toContain('wrong');
    ui.burst(usual, enter);
    await ui.sees(/Username +carla/);
    await ui.sees('Note: 1 failed sign-in since yours, ');
    expect(unsaid()).toBe(before);
    await ui.press(keys.esc);
    await ui.seesNot('New User');
    await ui.sees('1 marked');
    expect(ui.screen()).toContain('/ad');
    await ui
      .until(() => eventsOf(t))
      .toEqual([
        { event: 'session_locked', outcome: 'done', detail: '{"after":{"idle":true}}' },
        { event: 'unlock_failed', outcome: 'unlock_wrong', detail: '{}' },
        { event: 'session_unlocked', outcome: 'done', detail: '{}' },
      ]);
  });

  test('not while keys come, and not where the setting is 0', async () => {
    await using page = await openAdminPage({ users: ['ada'], settings });
    const { ui, t } = page;
    for (const key of ['j', 'k', 'j']) {
      t.pass(idleSeconds - 1);
      await ui.press(key);
    }
    await ui.sees('› root');
    expect(ui.screen()).toContain('Admin Page');

    await using never = await openAdminPage({ users: ['ada'], settings: { sessionIdleSeconds: 0 } });
    never.t.pass(10 * idleSeconds);
    await never.ui.press('j');
    await never.ui.sees('› root');
  });

  test('a key that comes too late does nothing but show the lock screen', async () => {
    await using page = await openAdminPage({ users: ['ada'], settings });
    const { ui, t, find } = page;
    t.pass(idleSeconds);
    ui.burst('a');
    await ui.sees('Locked');
    await ui.seesNot('Admin Page');
    ui.burst(usual, enter);
    await ui.sees('Admin Page');
    expect(await find('ada')).toMatchObject({ isActive: true });
  });

  test('a clock that is set back keeps nothing open for longer', async () => {
    await using page = await openAdminPage({ settings });
    const { ui, t } = page;
    t.pass(-10 * idleSeconds);
    await ui.press('j');
    t.pass(idleSeconds);
    await ui.sees('Locked');
  });

  test('the automatic account never locks, and L says why', async () => {
    await using page = await openAdminPage({
      signedIn: 'automatic',
      settings: { ...settings, autoLogin: true },
    });
    const { ui, t } = page;
    t.pass(10 * idleSeconds);
    await ui.press('L');
    await ui.sees('Not done: Automatic sign-in never locks');
    expect(ui.screen()).toContain('Admin Page');
  });

  test('one that was suspended is locked when it comes back, before anything of it is drawn', async () => {
    const continued = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<void>();
    const stop = () => {
      stopped.resolve();
      return continued.promise;
    };
    await using page = await openAdminPage({ users: ['ada'], settings, stop });
    const { ui, t } = page;
    await ui.press(ctrl('z'));
    await stopped.promise;
    await ui.until(() => ui.terminal.buffer.active.type).toBe('normal');
    const drawnBefore = ui.bytes().length;
    t.pass(idleSeconds);
    continued.resolve();
    await ui.sees('Locked');
    expect(ui.bytes().slice(drawnBefore)).not.toMatch(/Admin Page|ada/);
  });

  test('a stop from outside, too', async () => {
    await using page = await openAdminPage({ users: ['ada'], settings });
    const { ui, t } = page;
    await ui.sees(' 1 of 2');
    const drawnBefore = ui.bytes().length;
    t.pass(idleSeconds);
    ui.session.redraw();
    await ui.sees('Locked');
    expect(ui.bytes().slice(drawnBefore)).not.toMatch(/Admin Page|ada/);
  });
});

describe('a locked console', () => {
  test('is locked on demand, by L and from the menu, also by an ordinary user', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    await t.add('ada');
    await using ui = await openTestConsole(t);
    await signInAs(ui, 'ada', usual);
    await ui.sees('Langinfra › Profile');
    await ui.press('L');
    await ui.sees('Signed in as ada.');
    ui.burst(usual, enter);
    await ui.sees('Langinfra › Profile');
    await ui.press('m', up, up, enter);
    await ui.sees('Locked');
    await ui
      .until(() => eventsOf(t))
      .toMatchObject([
        { event: 'session_locked', detail: '{"after":{"idle":false}}' },
        { event: 'session_unlocked' },
        { event: 'session_locked' },
      ]);
  });

  test('shows nothing of what happens meanwhile, and as it is now afterwards', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, t, find } = page;
    await ui.press('L');
    await ui.sees('Locked');
    const before = ui.screen();
    const drawnBefore = ui.bytes().length;
    await t.add('zoe');
    const { id } = (await find('ada')) ?? { id: '' };
    await t.accounts.users.change(operator, id, { isActive: false });
    ui.session.notify('a notice about zoe');
    await ui.press('x');
    await ui.until(() => ui.screen()).not.toBe(before);
    await ui.press(keys.backspace);
    await ui.until(() => ui.screen()).toBe(before);
    expect(ui.bytes().slice(drawnBefore)).not.toContain('zoe');
    ui.burst(usual, enter);
    await ui.sees('zoe');
    expect(ui.line('ada')).toContain('[ ]');
  });

  test('lets work on many users go on, and is not unlocked by its end', async () => {
    await using page = await openAdminPage({ users: ['ada', 'bob'] });
    const { ui, t, find } = page;
    const open = Promise.withResolvers<void>();
    const other = t.store.write(() => open.promise);
    await ui.press('x', 'j', 'x', 'a');
    await ui.sees('Deactivate 2 Marked Users');
    await ui.press('y', 'j', 'a');
    t.pass(idleSeconds);
    await ui.sees('Locked');
    // What was typed meanwhile was for what is hidden, and is not in the field.
    expect(ui.screen()).not.toMatch(/Password +[•*]/);
    open.resolve();
    await other;
    await ui.until(async () => (await find('ada'))?.isActive).toBe(false);
    await ui.sees('Locked');
    expect(ui.screen()).not.toContain('ada');
    ui.burst(usual, enter);
    await ui.sees('Admin Page');
    expect(ui.line('ada')).toContain('[ ]');
  });

  test('says the name that somebody has by now', async () => {
    await using page = await openAdminPage();
    const { ui, t, find } = page;
    await ui.press('L');
    await ui.sees('Signed in as root.');
    await t.accounts.users.change(operator, (await find('root'))?.id ?? '', { username: 'boss' });
    await ui.sees('Signed in as boss.');
  });

  test('is heard again without a word of what is hidden', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    await t.add('ada');
    const { recovery } = t.accounts;
    await recovery.recover(operator, await recovery.find(operator, 'ada'));
    await using heard = await openTestConsole(t, { linear: true, columns: 200, rows: 60 });
    await heard.sees('Username');
    heard.burst('root', enter);
    await heard.sees('Password');
    heard.burst(usual, enter);
    await heard.sees('shift R acknowledges');
    await heard.sees('2 users.');
    await heard.press('L');
    await heard.until(heard.bytes).toMatch(/Locked[\s\S]*Password, hidden text: $/);
    const saidBefore = heard.bytes().length;
    await heard.press(ctrl('l'));
    await heard.until(() => heard.bytes().slice(saidBefore)).toMatch(/Locked[\s\S]*Password, hidden text: $/);
    expect(heard.bytes().slice(saidBefore)).not.toContain('recovered');
  });

  test('is unlocked at once while work on many users is written, and tells of it afterwards', async () => {
    await using page = await openAdminPage({ users: ['ada', 'bob'] });
    const { ui, t, find } = page;
    const open = Promise.withResolvers<void>();
    const other = t.store.write(() => open.promise);
    await ui.press('x', 'j', 'x', 'a');
    await ui.sees('Deactivate 2 Marked Users');
    await ui.press('y');
    t.pass(idleSeconds);
    await ui.sees('Locked');
    ui.burst(usual, enter);
    await ui.sees('esc takes everything back');
    open.resolve();
    await other;
    await ui.sees('u undoes it');
    expect((await find('ada'))?.isActive).toBe(false);
  });

  test('signs out of work on many users: what was begun is taken back', async () => {
    await using page = await openAdminPage({ users: ['ada', 'bob'] });
    const { ui, t, find } = page;
    const open = Promise.withResolvers<void>();
    const other = t.store.write(() => open.promise);
    await ui.press('x', 'j', 'x', 'a');
    await ui.sees('Deactivate 2 Marked Users');
    await ui.press('y');
    t.pass(idleSeconds);
    await ui.sees('Locked');
    ui.burst(tab, tab, enter);
    await ui.sees('Signing out...');
    open.resolve();
    await other;
    await ui.sees('Sign in');
    expect((await find('ada'))?.isActive).toBe(true);
    expect(ui.screen()).not.toContain('taken back');
  });

  test('says after it how many wrong passwords somebody tried', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui } = page;
    await ui.press('L');
    await ui.sees('Locked');
    for (const wrong of ['wrong', 'worse']) {
      ui.burst(wrong, enter);
      await ui
        .until(() => page.t.rows(`select id from audit where outcome = 'unlock_wrong'`))
        .toHaveLength(wrong === 'wrong' ? 1 : 2);
      await ui.sees('Incorrect password');
    }
    ui.burst(usual, enter);
    await ui.sees(/Note: 2 failed sign-ins since yours, last [-\d]+ [:\d]+ from /);
  });

  test('signs out, and who signs in next finds nothing of before', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, t } = page;
    ui.burst('n', 'carla');
    await ui.sees(/Username +carla/);
    await ui.press(keys.esc, 'L');
    await ui.sees('Locked');
    ui.burst(tab, tab, enter);
    await ui.sees('Sign in');
    expect(ui.screen()).not.toContain('Locked');
    expect(await t.rows('select id from session')).toEqual([]);
    await signInAs(ui, 'ada', usual);
    await ui.sees('Langinfra › Profile');
  });

  test.each(['deactivated', 'over'] as const)(
    'drops to the login screen when the session is %s',
    async how => {
      await using page = await openAdminPage({ users: ['ada'], settings: { sessionMaxSeconds: 5000 } });
      const { ui, t } = page;
      await t.add('boss', { isSuperuser: true });
      await ui.press('L');
      await ui.sees('Locked');
      const drawnBefore = ui.bytes().length;
      if (how === 'over') t.pass(5000);
      else await (await elsewhere(page)).change('root', { isActive: false });
      await ui.sees('Your session has ended. Sign in again');
      await ui.seesNot('Locked');
      expect(ui.bytes().slice(drawnBefore)).not.toMatch(/Admin Page|ada/);
    },
  );

  test('quits by ctrl-c, and by q where that is no letter of the password', async () => {
    await using page = await openAdminPage();
    await page.ui.press('L');
    await page.ui.sees('Locked');
    await page.ui.press('q');
    await page.ui.sees(/Password +[•*]/);
    expect(page.ui.outcome()).toBeUndefined();
    await page.ui.press(tab, 'q');
    await page.ui.until(page.ui.outcome).toEqual({});
    await using other = await openAdminPage();
    await other.ui.press('L');
    await other.ui.sees('Locked');
    await other.ui.press(ctrl('c'));
    await other.ui.until(other.ui.outcome).toEqual({});
    expect(await other.t.rows('select id from session')).toEqual([]);
  });

  test('is heard: it says so and asks, and what happened meanwhile is said afterwards', async () => {
    await using t = await openAccounts({ settings });
    await t.add('root', { isSuperuser: true });
    await using heard = await openTestConsole(t, { linear: true, columns: 200, rows: 60 });
    await heard.sees('Username');
    heard.burst('root', enter);
    await heard.sees('Password');
    heard.burst(usual, enter);
    await heard.sees('Admin Page.');
    const saidBefore = heard.bytes().length;
    const saidSince = () => heard.bytes().slice(saidBefore);
    t.pass(idleSeconds);
    await heard.until(saidSince).toMatch(/Locked\.\n.*Signed in as root[\s\S]*Password, hidden text: $/);
    await t.add('zoe');
    heard.session.notify('a notice about zoe');
    heard.burst('wrong', enter);
    await heard.until(saidSince).toContain('Password: Incorrect password');
    expect(saidSince()).not.toMatch(/zoe|Admin Page/);
    heard.burst(usual, enter);
    await heard.until(saidSince).toMatch(/a notice about zoe[\s\S]*Admin Page/);
  });
});
