import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { admin, program, root, withExample } from './example.ts';

// Makes docs/admin-browser.png: the console as the built program shows it in a browser. `npm run docs:browser`

const port = '17861';
/** Where Debian, and most others, put it. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** A machine that only runs tests has no letters of China. */
const isInEveryFont = (username: string): boolean => /^[\x20-\xff]*$/.test(username);

await withExample(async env => {
  const server = spawn(process.execPath, [program, 'run', '--headless', '--port', port], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  for await (const line of createInterface({ input: server.stderr }))
    if (line.includes('listening on')) break;
  const browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
  try {
    const page = await browser.newPage({ viewport: { width: 800, height: 500 }, colorScheme: 'dark' });
    await page.goto(`http://127.0.0.1:${port}/admin`);
    const shows = (text: string) => page.locator('.xterm-rows', { hasText: text }).waitFor();
    await shows('Sign in');
    await page.keyboard.type(admin.username);
    await page.keyboard.press('Enter');
    await page.keyboard.type(admin.password);
    await page.keyboard.press('Enter');
    await shows('Admin Page');
    await page.keyboard.type('jjjja');
    await shows('is active now');
    await page.screenshot({ path: join(root, 'docs', 'admin-browser.png') });
  } finally {
    await browser.close();
    server.kill();
    await once(server, 'exit');
  }
}, isInEveryFont);
