import { expect, test } from 'vitest';
import type { FromPage } from '../../src/terminals/browser-messages.ts';
import { usual } from '../support/accounts.ts';
import { openServer, type ServeOptions, type TestHttp } from '../support/http.ts';
import { openPageSocket } from '../support/page.ts';

/** A page with its console, which shows the login screen. */
const openPage = async (t: Pick<TestHttp, 'url'>) => {
  const page = await openPageSocket(t.url);
  page.open();
  await page.sees('Sign in');
  return page;
};

/** A page that comes back to a console by its token. */
const comeBack = async (t: Pick<TestHttp, 'url'>, token: string) => {
  const page = await openPageSocket(t.url);
  page.open({ token });
  return page;
};

const signedIn = async (t: TestHttp) => {
  const page = await openPage(t);
  page.type(`root\r${usual}\r`);
  await page.sees('Admin Page');
  return page;
};

const open = (options: ServeOptions = {}) => openServer(options);

const gone = { code: 1000, reason: '' };

test('whoever signs in on the page has a session of this door, with the address', async () => {
  await using t = await open();
  await using page = await signedIn(t);
  const { sessions } = t.accounts;
  const [session] = await t.store.read.sessions.openOf(
    (await t.find(t.ids.root?.replaceAll('-', '') ?? ''))?.id ?? '',
    '',
  );
  expect(session).toMatchObject({ door: 'browser', address: '127.0.0.1' });
  page.type('q');
  expect(await page.closed).toEqual(gone);
  await expect.poll(() => sessions.countOpen()).toBe(0);
  expect(t.door.count()).toBe(0);
});

test('nobody is signed in by a cookie, nor by itself where automatic sign-in is off', async () => {
  await using t = await open();
  const { cookies } = await t.login('root');
  const cookie = Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
  await using page = await openPageSocket(t.url, { headers: { cookie } });
  page.open();
  await page.sees('Password');
  expect(page.screen()).not.toContain('Admin Page');
});

test('where automatic sign-in is on the page opens on the Admin Page, and says so', async () => {
  await using t = await open({ settings: { autoLogin: true } });
  await t.accounts.bootstrap.prepare(undefined);
  await using page = await openPageSocket(t.url);
  page.open();
  await page.sees('Admin Page');
  await page.sees('LANGINFRA_AUTO_LOGIN');
});

test('out at once when the user is deactivated, and to the login screen', async () => {
  await using t = await open();
  await t.add('eve', { isSuperuser: true });
  await using page = await signedIn(t);
  await t.call(`PATCH /api/v1/users/${t.ids.root}`, { as: 'eve', json: { is_active: false } });
  await page.sees('Sign in');
});

test('a page that lost its connection finds its console as it was, with a form half filled in', async () => {
  await using t = await open();
  const lost = await signedIn(t);
  lost.type('n');
  await lost.sees('New User');
  lost.type('grace\thopper-1906');
  await lost.sees(/Username +grace/);
  lost.cut();

  await using page = await comeBack(t, await lost.token());
  await page.sees(/Username +grace/);
  page.type('\thopper-1906\t\t\t');
  page.type('\x13');
  await page.sees('grace waits');
  expect(t.door.count()).toBe(1);
});

test('another terminal is switched as the one before was', async () => {
  await using t = await open();
  const lost = await signedIn(t);
  const { modes } = lost.terminal;
  expect([modes.bracketedPasteMode, modes.wraparoundMode]).toEqual([true, false]);
  lost.cut();
  await using page = await comeBack(t, await lost.token());
  await page.sees('Admin Page');
  expect(page.terminal.modes).toMatchObject({ bracketedPasteMode: true, wraparoundMode: false });
  expect(page.terminal.buffer.active.type).toBe('alternate');
});

test('a page comes back in another size', async () => {
  await using t = await open();
  const lost = await openPage(t);
  lost.cut();
  await using page = await openPageSocket(t.url);
  page.open({ columns: 60, rows: 20, token: await lost.token() });
  await page.sees('this terminal is 60x20');
  page.say({ size: { columns: 80, rows: 24 } });
  await page.sees('Username');
});

test('a console waits 60 seconds for its page, and then ends with its session', async () => {
  await using t = await open();
  const first = await signedIn(t);
  first.cut();
  await expect.poll(() => first.socket.readyState).toBe(first.socket.CLOSED);
  // The server has heard of it too, or the wait would not have begun.
  await using there = await comeBack(t, await first.token());
  await there.sees('Admin Page');
  there.cut();
  await there.closed;
  const token = await there.token();
  await using stays = await openPage(t);
  t.pass(59);
  await using second = await comeBack(t, token);
  await second.sees('Admin Page');

  second.cut();
  const last = await second.token();
  await using witness = await openPage(t);
  t.pass(60);
  await using late = await comeBack(t, last);
  expect(await late.closed).toEqual(gone);
  await expect.poll(() => t.door.count()).toBe(2);
  expect(await t.accounts.sessions.countOpen()).toBe(0);
  stays.type('x');
  await stays.sees('x');
  expect(witness.screen()).toContain('Username');
});

test('each connection gets a new token, and the one before counts no more', async () => {
  await using t = await open();
  const first = await openPage(t);
  const old = await first.token();
  first.cut();
  const second = await comeBack(t, old);
  const fresh = await second.token();
  expect(fresh).not.toBe(old);
  expect(Buffer.from(fresh, 'base64url')).toHaveLength(32);
  second.say({ size: { columns: 80, rows: 24 } });
  second.type('ada');
  await second.sees('ada');
  await using stale = await comeBack(t, old);
  expect(await stale.closed).toEqual(gone);
  await using third = await comeBack(t, fresh);
  await third.sees('ada');
});

test('a token that got lost on its way does not lose the console', async () => {
  await using t = await open();
  const first = await openPage(t);
  first.type('ada');
  await first.sees('ada');
  const token = await first.token();
  first.cut();
  // This one hears nothing of what it is told.
  const deaf = await comeBack(t, token);
  await deaf.token();
  deaf.cut();
  await using page = await comeBack(t, token);
  await page.sees('ada');
});

test('a console is in one tab at a time: the later one has it', async () => {
  await using t = await open();
  await using first = await openPage(t);
  first.type('ada');
  await first.sees('ada');
  await using second = await comeBack(t, await first.token());
  expect(await first.closed).toEqual({ code: 4001, reason: 'This console was opened in another tab' });
  await second.sees('ada');
  second.type('x');
  await second.sees('adax');
  expect(t.door.count()).toBe(1);
});

test('a token of nobody opens nothing', async () => {
  await using t = await open();
  await using page = await comeBack(t, 'x'.repeat(43));
  expect(await page.closed).toEqual(gone);
  expect(t.door.count()).toBe(0);
});

test('a second opening ends the connection', async () => {
  await using t = await open();
  await using page = await openPage(t);
  page.open();
  expect(await page.closed).toMatchObject({ code: 1008 });
});

test('one address has so many consoles, and one that a page has left makes room', async () => {
  await using t = await open({ consoles: { inAll: 10, ofOne: 2 } });
  await using first = await openPage(t);
  const second = await openPage(t);
  await using refused = await openPageSocket(t.url);
  refused.open();
  expect(await refused.closed).toEqual({
    code: 1013,
    reason: 'You have 2 consoles open already. Close one first',
  });
  second.cut();
  await expect
    .poll(async () => {
      const page = await openPageSocket(t.url);
      page.open();
      return Promise.race([page.closed.then(({ code }) => code), page.sees('Sign in').then(() => 'open')]);
    })
    .toBe('open');
  expect(first.screen()).toContain('Sign in');
});

test('one address has so many connections that have not said what they want', async () => {
  await using t = await open();
  const silent = await Promise.all(Array.from({ length: 50 }, () => openPageSocket(t.url)));
  await using refused = await openPageSocket(t.url);
  expect(await refused.closed).toEqual({ code: 1013, reason: 'Too many consoles are open. Try again later' });
  silent[0]?.open();
  await silent[0]?.sees('Sign in');
  await using next = await openPage(t);
  expect(next.screen()).toContain('Sign in');
});

test('one user has so many consoles, wherever they are', async () => {
  await using t = await open({
    consoles: { inAll: 10, ofOne: 2 },
    server: { trustedProxies: ['127.0.0.1'] },
  });
  const from = async (address: string) => {
    const page = await openPageSocket(t.url, { headers: { 'x-forwarded-for': address } });
    page.open();
    await page.sees('Sign in');
    page.type(`root\r${usual}\r`);
    return page;
  };
  await using first = await from('192.0.2.1');
  await first.sees('Admin Page');
  await using second = await from('192.0.2.2');
  await second.sees('Admin Page');
  await using third = await from('192.0.2.3');
  expect(await third.closed).toMatchObject({ code: 1013 });
  expect(second.screen()).toContain('Admin Page');
});

test('a console at which nobody signs in does not stay for ever', async () => {
  await using t = await open();
  await using page = await openPage(t);
  await using working = await signedIn(t);
  t.pass(601);
  expect(await page.closed).toEqual(gone);
  working.type('?');
  await working.sees('Help');
});

test('a page that reads nothing loses its console when 1 MB waits for it, and nobody else notices', async () => {
  await using t = await open();
  await using other = await openPage(t);
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  let hear = async (_text: string): Promise<void> => {};
  let waiting = 0;
  let isOver = false;
  t.door.enter({
    address: '192.0.2.9',
    requestId: 'of the test',
    // Its connection takes nothing.
    send: text => {
      waiting += text.length;
    },
    onMessage: listener => {
      hear = listener;
    },
    onClose: () => {},
    close: (code, reason) => {
      isOver = true;
      closed.resolve({ code, reason });
    },
  });
  const say = (message: FromPage) => hear(JSON.stringify(message));
  await say({ open: { columns: 500, rows: 200, linear: false } });
  while (!isOver) await say({ keys: '\x0c' });
  expect(await closed.promise).toEqual({
    code: 1000,
    reason: 'This terminal did not read what was sent to it',
  });
  expect(waiting).toBeLessThan(2_000_000);
  expect(t.door.count()).toBe(1);
  other.type('ada');
  await other.sees('ada');
});

test('when the server stops every page hears that it did', async () => {
  await using t = await open();
  await using page = await signedIn(t);
  await using silent = await openPageSocket(t.url);
  await t.close();
  const stopped = { code: 1012, reason: expect.stringMatching(/the server stopped/i) };
  expect([await page.closed, await silent.closed]).toEqual([stopped, stopped]);
});

test('a console said line by line comes back by saying everything again', async () => {
  await using t = await open();
  const lost = await openPageSocket(t.url);
  lost.open({ linear: true });
  await lost.sees('Username, text:');
  lost.type('ada');
  await lost.sees('Username, text: ada');
  lost.cut();
  await using page = await openPageSocket(t.url);
  page.open({ linear: true, token: await lost.token() });
  await page.sees('Username, text: ada');
});
