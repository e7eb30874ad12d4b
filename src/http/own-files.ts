import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
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

/** The bytes of a file, plain or compressed: all clients share them. A text would be copied for each. */
type Kept = { bytes: Buffer; tag: string; encoding?: 'gzip' };

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
  const read = async (file: File): Promise<Record<'plain' | 'packed', Kept>> => {
    const bytes = await readFile(file);
    const sum = createHash('sha256').update(bytes).digest('base64url');
    const { gzip } = await import('node:zlib');
    const smaller = await promisify(gzip)(bytes);
    return {
      plain: { bytes, tag: `"${sum}"` },
      packed: { bytes: smaller, tag: `"${sum}-gzip"`, encoding: 'gzip' },
    };
  };
  const known = new Map<File, ReturnType<typeof read>>();
  return async (file: File, { request, reply }: Call<Shapes>): Promise<Buffer | undefined> => {
    const reading = known.get(file) ?? read(file);
    known.set(file, reading);
    const { plain, packed } = await reading;
    const { bytes, tag, encoding } = takesGzip(request.headers['accept-encoding']) ? packed : plain;
    const varies = reply.getHeader('vary');
    reply.headers({
      ...headers,
      'content-type': `${types[file]}; charset=utf-8`,
      'cache-control': 'no-cache',
      etag: tag,
      vary: varies ? `${varies}, Accept-Encoding` : 'Accept-Encoding',
      ...(encoding && { 'content-encoding': encoding }),
    });
    if (!isOneOf(tag, request.headers['if-none-match'])) return bytes;
    reply.code(304);
    return;
  };
};

/** Whether a browser has what the tag is of, whatever a proxy has done to it since (RFC 9110, section 13.1.2). */
const isOneOf = (tag: string, known = ''): boolean =>
  known.split(',').some(one => [tag, '*'].includes(one.trim().replace(/^W\//, '')));

/** RFC 9110, section 12.5.3. */
const takesGzip = (accepted: string | string[] = ''): boolean =>
  /(^|,)\s*gzip\s*(?!;\s*q=0(\.0*)?\s*(,|$))/i.test(String(accepted));
