import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
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
  const page: Page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
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
