import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { consoleOn, openPage } from '../support/browser.ts';
import { good, type Newcomer, newcomer } from '../support/program.ts';
import { openWire } from '../support/wire.ts';

const signInFirst = { LANGINFRA_AUTO_LOGIN: 'False' };

/** Headless mode with the superuser root, and a page that shows /admin. `at` is what the browser is sent to. */
const open = async (me: Newcomer, at?: (url: string) => string) => {
  const made = await me.run(['superuser', '--username', 'root', '--password-stdin'], { input: good });
  expect(made).toMatchObject({ code: 0 });
  const server = await me.serve();
  const browser = await openPage();
  const { page } = browser;
  await page.goto(`${at?.(server.url) ?? server.url}/admin`);
  const console = consoleOn(page);
  const signIn = async (): Promise<void> => {
    await console.sees('Sign in');
    await console.type('root');
    await console.press('Enter');
    await console.type(good);
    await console.press('Enter');
    await console.sees('Admin Page');
  };
  return { ...browser, server, console, signIn, [Symbol.asyncDispose]: browser[Symbol.asyncDispose] };
};

test('a superuser signs in, adds a user, toggles it and signs out; nothing comes from elsewhere', async () => {
  await using me = newcomer(signInFirst);
  await using t = await open(me);
  const { page, console } = t;
  await t.signIn();

  await console.press('n');
  await console.sees('New User');
  await console.type('grace');
  await console.press('Tab');
  await console.type('hopper-1906');
  await console.press('Tab');
  await console.type('hopper-1906');
  await console.press('Control+s');
  await console.sees(/grace waits .*\[ \] +\[ \]/);
  await console.press('a');
  await console.sees(/grace .*\[x\] +\[ \]/);
  await console.press('Space');
  await console.sees(/grace .*\[ \] +\[ \]/);
  const [row] = await me.rows('SELECT is_active FROM user WHERE username = ?', 'grace');
  expect(row).toEqual({ is_active: 0 });

  await console.press('m');
  await console.sees('Sign out');
  await console.press('ArrowUp', 'Enter');
  await console.sees('Sign in');
  expect(await page.title()).toBe('Langinfra');
  expect(t.requested.filter(address => !address.startsWith(t.server.url) && address !== 'data:,')).toEqual(
    [],
  );
  // Nor does the page's policy forbid it anything that it tried.
  expect(t.complaints).toEqual([]);
});

test('the keys are the console’s at once, and it is as large as the window', async () => {
  await using me = newcomer();
  await using t = await open(me);
  const { page, console } = t;
  await console.sees('LANGINFRA_AUTO_LOGIN');
  await console.press('?');
  await console.sees('Help');
  await console.press('Escape');
  const widthOf = async (): Promise<number> =>
    Math.max(...(await console.screen()).split('\n').map(line => line.length));
  await expect.poll(widthOf, { timeout: 10_000 }).toBeGreaterThan(110);
  await page.setViewportSize({ width: 850, height: 600 });
  await expect.poll(widthOf, { timeout: 10_000 }).toBeLessThan(90);
  await console.sees('Admin Page');
  expect(t.complaints).toEqual([]);
});

test('a small window gets small letters, and a smaller one is told what the console needs', async () => {
  await using me = newcomer(signInFirst);
  await using t = await open(me);
  const { page, console } = t;
  await page.setViewportSize({ width: 390, height: 800 });
  await console.sees('Sign in');
  expect(await page.locator('#small').isVisible()).toBe(false);
  await page.setViewportSize({ width: 320, height: 600 });
  await expect
    .poll(() => page.locator('#small').textContent())
    .toMatch(/^The console needs 80 by 24 characters, and this window has room for \d+ by \d+\./);
  await page.getByRole('link', { name: 'open it line by line' }).click();
  await console.sees('Username, text:');
  expect(await page.locator('#small').isVisible()).toBe(false);
  expect(t.complaints).toEqual([]);
});

test('a screen reader hears the console line by line', async () => {
  await using me = newcomer(signInFirst);
  await using t = await open(me);
  const { page, console } = t;
  await page.getByRole('link', { name: 'line by line' }).focus();
  await console.press('Enter');
  await console.sees('Username, text:');
  await console.type('root');
  await console.press('Enter');
  await console.type(good);
  await console.press('Enter');
  await console.sees('Signed in as root, superuser');
  await expect.poll(() => page.locator('.live-region').textContent()).toContain('Admin Page');
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
  await page.reload();
  await console.sees('Signed in as root, superuser');
  await page.getByRole('link', { name: 'drawn' }).focus();
  await console.press('Enter');
  await console.sees('[ Sign in ]');
  expect(t.complaints).toEqual([]);
});

test('what is pasted comes in one piece, whatever is in it, however long it is', async () => {
  await using me = newcomer(signInFirst);
  await using t = await open(me);
  const { page, console } = t;
  await console.sees('Sign in');
  const paste = (text: string) =>
    page.evaluate(`{
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', ${JSON.stringify(text)});
      const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
      document.querySelector('.xterm-helper-textarea').dispatchEvent(paste);
    }`);
  await paste('root\nwith a second line');
  await console.sees(/Username +root/);
  expect(await console.screen()).not.toContain('Incorrect');
  await console.press('Control+u');
  await paste(`${'x'.repeat(100_000)}😀`);
  await console.sees(/Username +x{10}/);
  await console.press('Control+u');
  await console.type('ada');
  await console.sees(/Username +ada/);
  expect(t.complaints).toEqual([]);
});

test('a page that is loaded again comes back to its console', async () => {
  await using me = newcomer(signInFirst);
  await using t = await open(me);
  const { page, console } = t;
  await t.signIn();
  await console.press('n');
  await console.type('grace');
  await console.sees(/Username +grace/);
  await page.reload();
  await console.sees(/Username +grace/);
  await console.type('x');
  await console.sees(/Username +gracex/);
  expect(t.complaints).toEqual([]);
});

test('a page that lost its connection says so, and comes back to the form as it was', async () => {
  await using me = newcomer(signInFirst);
  const made = await me.run(['superuser', '--username', 'root', '--password-stdin'], { input: good });
  expect(made).toMatchObject({ code: 0 });
  const server = await me.serve();
  await using wire = await openWire(server.port);
  await using browser = await openPage();
  const { page } = browser;
  const console = consoleOn(page);
  await page.goto(`${wire.url}/admin`);
  await console.sees('Sign in');
  await console.type('root');
  await console.sees(/Username +root/);

  wire.cut();
  await expect.poll(console.status, { timeout: 10_000 }).toBe('The connection was lost. Reconnecting...');
  await console.type('lost');
  wire.lead(server.port);
  await expect.poll(console.status, { timeout: 10_000 }).toBe('');
  await console.sees(/Username +root\s/);
  await console.press('Enter');
  await console.type(good);
  await console.press('Enter');
  await console.sees('Admin Page');

  // The server goes, and another takes its place.
  server.signal('SIGTERM');
  await expect.poll(console.status, { timeout: 10_000 }).toBe('The server stopped. Reconnecting...');
  expect(await server.ended).toBe(0);
  const next = await me.serve();
  wire.lead(next.port);
  await console.sees('session ended, press Enter');
  await console.press('Enter');
  await console.sees('[ Sign in ]');
});

test('who quits is told that the session ended, and Enter begins another', async () => {
  await using me = newcomer(signInFirst);
  await using t = await open(me);
  await t.signIn();
  await t.console.press('q');
  await t.console.sees(/^session ended, press Enter$/);
  await t.console.type('x');
  await t.console.press('Enter');
  // At once, while it is opened.
  await t.console.type('ada');
  await t.console.sees(/Username +ada/);
  expect(t.complaints).toEqual([]);
});

test('a console that is opened in another tab leaves this one', async () => {
  await using me = newcomer(signInFirst);
  await using t = await open(me);
  await t.signIn();
  const token = await t.page.evaluate(() => sessionStorage.getItem('console'));
  const copy = await t.page.context().newPage();
  await copy.addInitScript(kept => sessionStorage.setItem('console', kept ?? ''), token);
  await copy.goto(`${t.server.url}/admin`);
  await consoleOn(copy).sees('Admin Page');
  await t.console.sees(/^This console was opened in another tab\.\nsession ended, press Enter$/);
});

test('y copies to the clipboard of the browser', async () => {
  await using me = newcomer(signInFirst);
  await using t = await open(me);
  const context = t.page.context();
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: t.server.url });
  await t.signIn();
  // It can write as long as it is in front; the other page, which reads, comes after that.
  await t.page.evaluate(`{
    const write = navigator.clipboard.writeText.bind(navigator.clipboard);
    navigator.clipboard.writeText = text => write(text).then(() => { globalThis.hasWritten = true; });
  }`);
  await t.console.press('y');
  await t.console.sees('root was sent to your terminal');
  await expect.poll(() => t.page.evaluate('globalThis.hasWritten'), { timeout: 10_000 }).toBe(true);
  const reader = await context.newPage();
  await reader.goto(`${t.server.url}/docs`);
  await reader.bringToFront();
  await expect
    .poll(() => reader.evaluate('navigator.clipboard.readText()'), { timeout: 10_000 })
    .toBe('root');
  // The page itself may not.
  await t.page.bringToFront();
  await expect(t.page.evaluate('navigator.clipboard.readText()')).rejects.toThrow(/clipboard|policy/i);
});

test('where the browser keeps its clipboard to itself the page says so', async () => {
  await using me = newcomer(signInFirst);
  await using t = await open(me);
  await t.signIn();
  await t.page.evaluate('navigator.clipboard.writeText = () => Promise.reject(new Error("no"))');
  await t.console.press('y');
  await expect
    .poll(t.console.status, { timeout: 10_000 })
    .toBe('The browser did not let this page write to its clipboard');
  await t.console.press('j');
  await expect.poll(t.console.status, { timeout: 10_000 }).toBe('');
});

test('a page of another origin gets no connection, and shows this one in no frame', async () => {
  await using me = newcomer();
  await using t = await open(me);
  const foreign = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<iframe src="${t.server.url}/admin"></iframe>`);
  }).listen(0, '127.0.0.1');
  await once(foreign, 'listening');
  const elsewhere = `http://127.0.0.1:${(foreign.address() as AddressInfo).port}`;
  const page = await t.page.context().newPage();
  await page.goto(elsewhere);
  const outcome = await page.evaluate(
    address =>
      new Promise(resolve => {
        const socket = new WebSocket(address);
        socket.onopen = () => resolve('open');
        socket.onerror = () => resolve('refused');
      }),
    `${t.server.url.replace('http', 'ws')}/admin/socket`,
  );
  expect(outcome).toBe('refused');
  await expect
    .poll(() => t.server.said.stderr, { timeout: 10_000 })
    .toMatch(/"path":"\/admin\/socket","status":403/);
  const [, frame] = page.frames();
  expect(await frame?.locator('#terminal').count()).toBe(0);
  foreign.closeAllConnections();
  foreign.close();
});
