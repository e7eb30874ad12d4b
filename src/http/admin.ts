import { readFile } from 'node:fs/promises';
import { pageRoutes, policyOf } from './own-files.ts';
import type { Route } from './route.ts';

/** The page that shows a console in a browser. Its console comes over a WebSocket (admin-socket.ts). */
export const adminPath = '/admin';

const headers = {
  'content-security-policy': policyOf({ 'img-src': 'data:' }),
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  // No window that opened this one, or was opened by it, can reach into it.
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // It writes to the clipboard, and reads it never.
  'permissions-policy': 'clipboard-read=()',
};

const files = { 'index.html': 'text/html', 'page.js': 'text/javascript', 'page.css': 'text/css' } as const;

/** The page of the console, and what it is made of. */
export const adminRoutes = (): Route[] =>
  pageRoutes({
    path: adminPath,
    summary: 'The console as a page, over a WebSocket at /admin/socket',
    files,
    headers,
    readFile: read,
  });

/** As scripts/build.ts makes them of src/page; where the program runs from its sources, what the last build made. */
const read = (file: string): Promise<Buffer> =>
  readFile(new URL(`page/${file}`, import.meta.url)).catch(() =>
    readFile(new URL(`../../dist/page/${file}`, import.meta.url)),
  );
