import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import * as z from 'zod/mini';
import { Refusal } from '../refusal.ts';
import { nothing, openApi, page, partOfPage } from './answers.ts';
import { described } from './described.ts';
import { anybody, type Call, type Route, type Shapes } from './route.ts';

/** Nothing of the page comes from another host, nor does anything of it go to one. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The files of the page, and no others, whatever is asked for. */
const files = {
  'index.html': 'text/html',
  'start.js': 'text/javascript',
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
} as const;
type File = keyof typeof files;
const fileName = z.object({ file: z.string().register(described, { enum: Object.keys(files) }) });

/** The description of the API, and a page to browse it. Both are made when they are first asked for. */
export const docsRoutes = (routes: () => readonly Route[]): Route[] => {
  let description: Promise<unknown> | undefined;
  const describe = async (): Promise<unknown> => {
    const { describeApi } = await import('./openapi/document.ts');
    return describeApi(routes());
  };
  const give = createGiver();

  return [
    anybody({
      method: 'GET',
      path: '/openapi.json',
      summary: 'This description of the API',
      answers: { 200: openApi },
      handle: async () => (description ??= describe()),
    }),

    anybody({
      method: 'GET',
      path: '/docs',
      summary: 'This description as a page to browse and try',
      answers: { 200: page, 304: nothing },
      handle: async call => give('index.html', call),
    }),

    anybody({
      method: 'GET',
      path: '/docs/:file',
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

/** The bytes of a file: all clients that take it, or do not, share them. A text would be copied for each. */
type Kept = { bytes: Buffer; tag: string };

/** Gives files, which are read once, and nothing to a browser that has the same already. */
const createGiver = () => {
  const known = new Map<File, Promise<Kept>>();
  return async (file: File, { request, reply }: Call<Shapes>): Promise<Buffer | undefined> => {
    const reading = known.get(file) ?? read(file);
    known.set(file, reading);
    const { bytes, tag } = await reading;
    reply.headers({
      'content-type': `${files[file]}; charset=utf-8`,
      'content-security-policy': policy,
      'cache-control': 'no-cache',
      etag: tag,
    });
    if (request.headers['if-none-match'] !== tag) return bytes;
    reply.code(304);
    return;
  };
};

const read = async (file: File): Promise<Kept> => {
  const bytes = await readFile(new URL(`docs/${file}`, import.meta.url)).catch(() => readPackaged(file));
  return { bytes, tag: `"${createHash('sha256').update(bytes).digest('base64url')}"` };
};

/** Swagger UI, where the program runs from its sources; scripts/build.ts copies it beside our own files. */
const readPackaged = (file: File): Promise<Buffer> =>
  readFile(createRequire(import.meta.url).resolve(`swagger-ui-dist/${file}`));
