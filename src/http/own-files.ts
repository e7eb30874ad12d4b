import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { Refusal } from '../refusal.ts';
import { nothing, page, partOfPage } from './answers.ts';
import { described } from './described.ts';
import { anybody, type Call, type Route, type Shapes } from './route.ts';

/** What a page may load and do: only what comes from this server, and nothing frames it. */
export const policyOf = (more: Readonly<Record<string, string>>): string =>
  Object.entries({
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'connect-src': "'self'",
    ...more,
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  })
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ');

/** The bytes of a file: all clients that take it, or do not, share them. A text would be copied for each. */
type Kept = { bytes: Buffer; tag: string };

type Page<File extends string> = {
  /** Where it is; its files are beneath. */
  path: string;
  summary: string;
  /** The content type of each file: there are no others, whatever is asked for. */
  files: Readonly<Record<File | 'index.html', string>>;
  /** What each answer has, beside what is said of the file. */
  headers: Readonly<Record<string, string>>;
  readFile: (file: File | 'index.html') => Promise<Buffer>;
};

/** The routes of a page of our own and of what it is made of. */
export const pageRoutes = <File extends string>(own: Page<File>): Route[] => {
  const give = createGiver(own.files, own.headers, own.readFile);
  const isOwn = (file: string): file is File | 'index.html' => Object.hasOwn(own.files, file);
  const fileName = z.object({
    file: z.string().register(described, { enum: Object.keys(own.files) }),
  });
  return [
    anybody({
      method: 'GET',
      path: own.path,
      summary: own.summary,
      answers: { 200: page, 304: nothing },
      handle: async call => give('index.html', call),
    }),

    anybody({
      method: 'GET',
      path: `${own.path}/:file`,
      summary: 'What that page is made of',
      shapes: { params: fileName },
      answers: { 200: partOfPage, 304: nothing },
      refuses: ['no_such_path'],
      handle: async call => {
        const { file } = call.params;
        if (!isOwn(file)) throw new Refusal('no_such_path');
        return give(file, call);
      },
    }),
  ];
};

/**
 * Gives the files of a page, which are read once, with these headers, and nothing to a browser that has the same
 * already. `types` has the content type of each.
 */
const createGiver = <File extends string>(
  types: Readonly<Record<File, string>>,
  headers: Readonly<Record<string, string>>,
  readFile: (file: File) => Promise<Buffer>,
) => {
  const known = new Map<File, Promise<Kept>>();
  const read = async (file: File): Promise<Kept> => {
    const bytes = await readFile(file);
    return { bytes, tag: `"${createHash('sha256').update(bytes).digest('base64url')}"` };
  };
  return async (file: File, { request, reply }: Call<Shapes>): Promise<Buffer | undefined> => {
    const reading = known.get(file) ?? read(file);
    known.set(file, reading);
    const { bytes, tag } = await reading;
    reply.headers({
      ...headers,
      'content-type': `${types[file]}; charset=utf-8`,
      'cache-control': 'no-cache',
      etag: tag,
    });
    if (request.headers['if-none-match'] !== tag) return bytes;
    reply.code(304);
    return;
  };
};
