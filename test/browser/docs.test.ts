import { expect, test } from 'vitest';
import { openPage } from '../support/browser.ts';
import { newcomer } from '../support/program.ts';

/** What a page may ask for without going anywhere. */
const isLocal = (address: string): boolean => /^(data|blob|about):/.test(address);

test('/docs shows every operation, and asks no other host for anything', async () => {
  await using me = newcomer();
  const server = await me.serve();
  await using browser = await openPage();
  const { page, requested, complaints } = browser;
  await page.goto(`${server.url}/docs`);
  await page.getByText('Sign in with a password').waitFor();

  const { paths } = (await server.call('GET /openapi.json')).body;
  const described = Object.entries<object>(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map(method => `${method.toUpperCase()} ${path}`),
  );
  const parts = (part: string) => page.locator(`.opblock-summary-${part}`).allTextContents();
  const [methods, places] = await Promise.all([parts('method'), parts('path')]);
  // Where a long path may be broken stands a character that nobody sees.
  const shown = methods.map((method, at) => `${method} ${places[at]?.replaceAll('\u200b', '')}`);
  expect(shown.sort()).toEqual(described.sort());

  const addresses = requested.filter(address => !isLocal(address));
  expect(addresses).toContain(`${server.url}/openapi.json`);
  expect(addresses.filter(address => new URL(address).origin !== server.url)).toEqual([]);
  expect(complaints).toEqual([]);
});

test('/docs tries an operation with a token that one puts in', async () => {
  await using me = newcomer();
  const server = await me.serve();
  const { access_token } = (await server.call('GET /api/v1/auto_login')).body;
  await using browser = await openPage();
  const { page, requested, complaints } = browser;
  await page.goto(`${server.url}/docs`);

  await page.getByRole('button', { name: 'Authorize' }).first().click();
  await page.getByLabel('auth-bearer-value').fill(access_token);
  await page.getByRole('button', { name: 'Apply credentials' }).first().click();
  await page.getByRole('button', { name: 'Close' }).first().click();

  const whoami = page.locator('.opblock', { hasText: 'The user who asks' });
  await whoami.click();
  await whoami.getByRole('button', { name: 'Try it out' }).click();
  await whoami.getByRole('button', { name: 'Execute' }).click();
  await whoami.locator('.live-responses-table').getByText('"username": "langinfra"').waitFor();
  expect(requested.filter(address => address.includes(access_token))).toEqual([]);
  expect(complaints).toEqual([]);
});
