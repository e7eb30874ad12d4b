import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { FromPage } from '../../src/terminals/browser-messages.ts';
import { operator, usual } from '../support/accounts.ts';
import { openServer, type ServeOptions, type TestHttp } from '../support/http.ts';
import { openPageSocket, usualSize } from '../support/page.ts';

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

/** A page behind a proxy, which has that address. */
const from = (t: Pick<TestHttp, 'url'>, address: string) =>
  openPageSocket(t.url, { headers: { 'x-forwarded-for': address } });

const signedIn = async (t: TestHttp) => {
  const page = await openPage(t);
  page.type(`root\r${usual}\r`);
  await page.sees('Admin Page');
  return page;
};

const open = (options: ServeOptions = {}) => openServer(options);

const gone = { code: 1000, reason: '' };

/** A page whose connection takes nothing, not even that it is closed. */
const openDeaf = (t: Pick<TestHttp, 'door'>) => {
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  let hear = async (_text: string): Promise<void> => {};
  let waiting = 0;
  let isOver = false;
  t.door.enter({
    address: '192.0.2.9',
    requestId: 'of the test',
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
  return {
    /** Resolves when the server is done with it. */
    say: (message: FromPage | { exec: string }) => hear(JSON.stringify(message)),
    closed: closed.promise,
    isOver: () => isOver,
    /** How many characters were sent to it. */
    waiting: () => waiting,
  };
};

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

test('tokens that got lost on their way do not lose the console', async () => {
  await using t = await open();
  const first = await openPage(t);
  first.type('ada');
  await first.sees('ada');
  const token = await first.token();
  first.cut();
  for (let lost = 0; lost < 3; lost++) {
    // This one hears nothing of what it is told.
    const deaf = await comeBack(t, token);
    await deaf.token();
    deaf.cut();
  }
  await using page = await comeBack(t, token);
  await page.sees('ada');
});

describe('a page that comes back from another network', () => {
  const behindProxy = () => open({ server: { trustedProxies: ['127.0.0.1'] } });
  const cutFrom = async (t: TestHttp, address: string, typed: string, shows: string) => {
    const page = await from(t, address);
    page.open();
    await page.sees('Sign in');
    page.type(typed);
    await page.sees(shows);
    page.cut();
    return page.token();
  };
  const backFrom = async (t: TestHttp, address: string, token: string) => {
    const page = await from(t, address);
    const said: string[] = [];
    page.socket.on('message', data => said.push(String(data)));
    page.open({ token });
    return { ...page, said: () => said.join('') };
  };

  test('finds its console locked, and all that is done from then on is of its new address', async () => {
    await using t = await behindProxy();
    const token = await cutFrom(t, '192.0.2.1', `root\r${usual}\r`, 'Admin Page');
    await using page = await backFrom(t, '198.51.100.7', token);
    await page.sees('Locked');
    expect(page.said()).not.toContain('Admin Page');
    page.type('wrong horse\r');
    await page.sees('Incorrect password');
    page.type(`${usual}\r`);
    await page.sees('Admin Page');
    const root = await t.store.read.users.findByName('root');
    // The password has brought it back before that is written.
    await expect
      .poll(async () => (await t.store.read.sessions.openOf(root?.user.id ?? '', ''))[0]?.address)
      .toBe('198.51.100.7');
    const rows = await t.accounts.audit.page(operator, {}, { limit: 4 });
    expect(rows.map(({ event, origin }) => [event, JSON.parse(origin).address]).reverse()).toEqual([
      ['signed_in', '192.0.2.1'],
      ['session_locked', '198.51.100.7'],
      ['unlock_failed', '198.51.100.7'],
      ['session_unlocked', '198.51.100.7'],
    ]);
  });

  test('begins anew where nobody has signed in', async () => {
    await using t = await behindProxy();
    const token = await cutFrom(t, '192.0.2.1', 'ada', 'ada');
    await using page = await backFrom(t, '198.51.100.7', token);
    await page.sees('Sign in');
    expect(page.said()).not.toContain('ada');
    expect(t.door.count()).toBe(1);
  });

  test('finds its console as it was where that is the same network, under another address', async () => {
    await using t = await behindProxy();
    const token = await cutFrom(t, '2001:db8:1:2::1', `root\r${usual}\r`, 'Admin Page');
    await using page = await backFrom(t, '2001:db8:1:2::2', token);
    await page.sees('Admin Page');
  });
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

test.each<FromPage | { exec: string }>([
  { exec: 'ls' },
  { open: { ...usualSize, linear: false, token: 'x'.repeat(43) } },
])('after %j, which ends the connection, it opens nothing more', async message => {
  await using t = await open();
  const page = openDeaf(t);
  await page.say(message);
  expect(page.isOver()).toBe(true);
  await page.say({ open: { ...usualSize, linear: false } });
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

test('a console that somebody signed in at makes room for nobody while its page is away', async () => {
  await using t = await open({ consoles: { inAll: 10, ofOne: 2 } });
  const root = await signedIn(t);
  await using one = await openPage(t);
  await using two = await openPage(t);
  root.cut();
  await expect.poll(() => root.socket.readyState).toBe(root.socket.CLOSED);
  for (let tries = 0; tries < 5; tries++) {
    await using refused = await openPageSocket(t.url);
    refused.open();
    expect(await refused.closed).toMatchObject({ code: 1013 });
  }
  await using back = await comeBack(t, await root.token());
  await back.sees('Admin Page');
  expect([one, two].map(page => page.screen())).toEqual(Array(2).fill(expect.stringContaining('Sign in')));
});

test('all addresses of an IPv6 network count as one', async () => {
  await using t = await open({
    consoles: { inAll: 10, ofOne: 2 },
    server: { trustedProxies: ['127.0.0.1'] },
  });
  for (const address of ['2001:db8:1:2::1', '2001:db8:1:2::2']) {
    const page = await from(t, address);
    page.open();
    await page.sees('Sign in');
  }
  await using third = await from(t, '2001:db8:1:2::3');
  third.open();
  expect(await third.closed).toMatchObject({ code: 1013 });
  await using other = await from(t, '2001:db8:1:3::1');
  other.open();
  await other.sees('Sign in');

  const silent = Array.from({ length: 50 }, (_, n) => from(t, `2001:db8:1:4::${n}`));
  await Promise.all(silent);
  await using refused = await from(t, '2001:db8:1:4::ffff');
  expect(await refused.closed).toMatchObject({ code: 1013 });
});

test('where too many are open at which nobody has signed in, one that its page has left makes room', async () => {
  await using t = await open({ consoles: { inAll: 200, ofOne: 60 } });
  const pages = await Promise.all(Array.from({ length: 50 }, () => openPage(t)));
  await using refused = await openPageSocket(t.url);
  refused.open();
  expect(await refused.closed).toMatchObject({ code: 1013 });
  pages[0]?.cut();
  await expect
    .poll(
      async () => {
        const page = await openPageSocket(t.url);
        page.open();
        return Promise.race([page.closed.then(({ code }) => code), page.sees('Sign in').then(() => 'open')]);
      },
      { timeout: 10_000 },
    )
    .toBe('open');
}, 60_000);

test('where all places are taken by pages at which nobody signs in, the longest idle one gives way', async () => {
  await using t = await open({ server: { trustedProxies: ['127.0.0.1'] } });
  const at = async (address: string) => {
    const page = await from(t, address);
    page.open();
    return page;
  };
  const crowd = await Promise.all(Array.from({ length: 49 }, (_, n) => at(`192.0.2.${1 + (n % 5)}`)));
  for (const page of crowd) await page.sees('Sign in');
  t.pass(10);
  await using typing = await at('198.51.100.1');
  await typing.sees('Sign in');
  await using early = await at('203.0.113.9');
  // Somebody may be about to sign in.
  expect(await early.closed).toMatchObject({ code: 1013 });
  t.pass(10);
  typing.type('ro');
  await typing.sees(/Username +ro/);
  await using operator = await at('203.0.113.9');
  await operator.sees('Sign in');
  operator.type(`root\r${usual}\r`);
  await operator.sees('Admin Page');
  expect(await Promise.race(crowd.map(page => page.closed))).toEqual(gone);
  expect(typing.screen()).toMatch(/Username +ro/);
}, 60_000);

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
  t.pass(599);
  // Nothing is no key.
  page.type('');
  const answered = once(page.socket, 'pong');
  page.socket.ping();
  await answered;
  t.pass(2);
  expect(await page.closed).toEqual(gone);
  working.type('?');
  await working.sees('Help');
});

test('a page that reads nothing loses its console when 1 MB waits for it, and nobody else notices', async () => {
  await using t = await open();
  await using other = await openPage(t);
  const deaf = openDeaf(t);
  await deaf.say({ open: { columns: 500, rows: 200, linear: false } });
  while (!deaf.isOver()) await deaf.say({ keys: '\x0c' });
  expect(await deaf.closed).toEqual({
    code: 1000,
    reason: 'This terminal did not read what was sent to it',
  });
  expect(deaf.waiting()).toBeLessThan(2_000_000);
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
