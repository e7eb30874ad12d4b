import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { Refusal } from '../refusal.ts';
import { nothing, page, partOfPage } from './answers.ts';
import { described } from './described.ts';
import { createGiver, policyOf } from './own-files.ts';
import { anybody, type Route } from './route.ts';

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
type File = keyof typeof files;
const fileName = z.object({ file: z.string().register(described, { enum: Object.keys(files) }) });

/** The page of the console, and what it is made of. */
export const adminRoutes = (): Route[] => {
  const give = createGiver(files, headers, read);
  return [
    anybody({
      method: 'GET',
      path: adminPath,
      summary: 'The console as a page, over a WebSocket at /admin/socket',
      answers: { 200: page, 304: nothing },
      handle: async call => give('index.html', call),
    }),

    anybody({
      method: 'GET',
      path: `${adminPath}/:file`,
      summary: 'What that page is made of',
      shapes: { params: fileName },
      answers: { 200: partOfPage, 304: nothing },
      refuses: ['no_such_path'],
      handle: async call => {
        const { file } = call.params;
        if (!Object.hasOwn(files, file)) throw new Refusal('no_such_path');
        return give(file as File, call);
      },
    }),
  ];
};

/** As scripts/build.ts makes them of src/page; where the program runs from its sources, what the last build made. */
const read = (file: File): Promise<Buffer> =>
  readFile(new URL(`page/${file}`, import.meta.url)).catch(() =>
    readFile(new URL(`../../dist/page/${file}`, import.meta.url)),
  );
