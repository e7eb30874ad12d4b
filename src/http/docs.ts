import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import * as z from 'zod/mini';
import { Refusal } from '../refusal.ts';
import { nothing, openApi, page, partOfPage } from './answers.ts';
import { described } from './described.ts';
import { createGiver, policyOf } from './own-files.ts';
import { anybody, type Route } from './route.ts';

const policy = policyOf({ 'img-src': "'self' data:" });

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
  const give = createGiver(files, { 'content-security-policy': policy }, read);

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

const read = (file: File): Promise<Buffer> =>
  readFile(new URL(`docs/${file}`, import.meta.url)).catch(() => readPackaged(file));

/** Swagger UI, where the program runs from its sources; scripts/build.ts copies it beside our own files. */
const readPackaged = (file: File): Promise<Buffer> =>
  readFile(createRequire(import.meta.url).resolve(`swagger-ui-dist/${file}`));
