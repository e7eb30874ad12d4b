import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { isRoot } from './program.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The Chromium of this computer; playwright-core brings none. Throws where there is none. */
const findChromium = (): string => {
  const directories = process.env.PATH?.split(':') ?? [];
  const found = names
    .flatMap(name => directories.map(directory => join(directory, name)))
    .find(path => existsSync(path));
  if (!found) throw new Error('No Chromium is on the PATH: apt-get install chromium');
  return found;
};

/** A page in a browser of its own, with everything that it asked for and complained about. */
export const openPage = async () => {
  const browser: Browser = await chromium.launch({
    executablePath: findChromium(),
    // Chromium's sandbox does not start as root.
    chromiumSandbox: !isRoot,
  });
  // A context of our own: others can be opened beside the page.
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
  const page: Page = await context.newPage();
  const requested: string[] = [];
  const complaints: string[] = [];
  page.on('request', request => requested.push(request.url()));
  page.on('requestfailed', request => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', error => complaints.push(error.message));
  return {
    page,
    /** The addresses of all requests. */
    requested,
    /** Errors and warnings of the console, what a script threw, and requests that failed. */
    complaints,
    [Symbol.asyncDispose]: () => browser.close(),
  };
};

/** The console that a page shows, as a person sees it and types at it. */
export const consoleOn = (page: Page) => {
  const screen = async (): Promise<string> =>
    (await page.locator('.xterm-rows > div').allTextContents())
      .map(line => line.replaceAll('\u00a0', ' ').trimEnd())
      .join('\n')
      .trimEnd();
  return {
    screen,
    sees: (text: string | RegExp) => expect.poll(screen, { interval: 20, timeout: 20_000 }).toMatch(text),
    /** Presses keys, one after another. */
    press: async (...keys: readonly string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    },
    type: (text: string): Promise<void> => page.keyboard.type(text),
    /** What the page says of the connection. */
    status: () => page.locator('#status').textContent(),
  };
};
