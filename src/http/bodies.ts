import { isUtf8 } from 'node:buffer';
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../refusal.ts';
import type { BodyKind } from './route.ts';
import { parseStrictly } from './strict-json.ts';

/** The largest body that is read, in bytes. */
export const bodyLimit = 64 * 1024;

/** Teaches a scope of the server to read one kind of body and to refuse the others. Throws wrong_content_type. */
export const readBodies: Record<BodyKind, (scope: FastifyInstance) => Promise<void>> = {
  nothing: async scope => {
    scope.removeAllContentTypeParsers();
    // Clients send an empty body, with some content type, to endpoints that take none. What it says is not judged: fastify
    // would refuse one that is not well-formed.
    scope.addHook('onRequest', async ({ raw }) => {
      delete raw.headers['content-type'];
    });
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null, undefined));
  },

  form: async scope => {
    scope.removeAllContentTypeParsers();
    scope.addHook('preParsing', refuseEncoded);
    await scope.register(formbody);
    refuseOthers(scope, 'application/x-www-form-urlencoded');
  },

  json: async scope => {
    scope.removeAllContentTypeParsers();
    scope.addHook('preParsing', refuseEncoded);
    scope.addContentTypeParser<Buffer>(
      'application/json',
      { parseAs: 'buffer' },
      async (_request: FastifyRequest, body: Buffer) => parseStrictly(textOf(body)),
    );
    refuseOthers(scope, 'application/json');
  },
};

/** Decoding would put U+FFFD in the place of broken bytes, and a name with that in the database. Throws bad_request. */
const textOf = (body: Buffer): string => {
  if (!isUtf8(body)) throw new Refusal('bad_request', { sentence: 'The body is not valid UTF-8' });
  return body.toString();
};

/** Runs before the body is read. Throws encoded_body and wrong_charset. */
const refuseEncoded = async ({ headers }: FastifyRequest): Promise<void> => {
  const { 'content-encoding': encoding = 'identity', 'content-type': type = '' } = headers;
  if (encoding.toLowerCase() !== 'identity') throw new Refusal('encoded_body');
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(type)?.[1] ?? 'utf-8';
  // ASCII is a part of UTF-8.
  if (!['utf-8', 'utf8', 'us-ascii'].includes(charset.toLowerCase())) throw new Refusal('wrong_charset');
};

const refuseOthers = (scope: FastifyInstance, wanted: string): void => {
  scope.addContentTypeParser('*', (_request, _body, done) =>
    done(new Refusal('wrong_content_type', { wanted })),
  );
};
