import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { openApi } from './answers.ts';
import { pageRoutes, policyOf } from './own-files.ts';
import { anybody, type Route } from './route.ts';

const policy = policyOf({ 'img-src': "'self' data:" });

const files = {
  'index.html': 'text/html',
  'start.js': 'text/javascript',
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
} as const;

/** The description of the API, and a page to browse it. Both are made when they are first asked for. */
export const docsRoutes = (routes: () => readonly Route[]): Route[] => {
  let description: Promise<unknown> | undefined;
  const describe = async (): Promise<unknown> => {
    const { describeApi } = await import('./openapi/document.ts');
    return describeApi(routes());
  };

  return [
    anybody({
      method: 'GET',
      path: '/openapi.json',
      summary: 'This description of the API',
      answers: { 200: openApi },
      handle: async () => (description ??= describe()),
    }),

    ...pageRoutes({
      path: '/docs',
      summary: 'This description as a page to browse and try',
      files,
      headers: { 'content-security-policy': policy },
      readFile: read,
    }),
  ];
};

const read = (file: string): Promise<Buffer> =>
  readFile(new URL(`docs/${file}`, import.meta.url)).catch(() => readPackaged(file));

/** Swagger UI, where the program runs from its sources; scripts/build.ts copies it beside our own files. */
const readPackaged = (file: string): Promise<Buffer> =>
  readFile(createRequire(import.meta.url).resolve(`swagger-ui-dist/${file}`));
