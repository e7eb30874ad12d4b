import { createHash } from 'node:crypto';
import type { Call, Shapes } from './route.ts';

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

/**
 * Gives the files of a page, which are read once, with these headers, and nothing to a browser that has the same
 * already. `types` has the content type of each.
 */
export const createGiver = <File extends string>(
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
