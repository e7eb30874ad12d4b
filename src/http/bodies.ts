import { isUtf8 } from 'node:buffer';
import formbody from '@fastify/formbody';
import type { FastifyError, FastifyInstance } from 'fastify';
import { Refusal } from '../refusal.ts';
import type { BodyKind } from './route.ts';

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
    await scope.register(formbody);
    refuseOthers(scope, 'application/x-www-form-urlencoded');
  },

  json: async scope => {
    scope.removeAllContentTypeParsers();
    const parse = scope.getDefaultJsonParser('remove', 'remove');
    scope.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
      // Decoding would put U+FFFD in the place of broken bytes, and a name with that in the database.
      if (!isUtf8(body)) return done(new Refusal('bad_request', { sentence: 'The body is not valid UTF-8' }));
      return parse(request, body.toString(), done);
    });
    refuseOthers(scope, 'application/json');
  },
};

const refuseOthers = (scope: FastifyInstance, wanted: string): void => {
  const refusal = () => new Refusal('wrong_content_type', { wanted });
  scope.addContentTypeParser('*', (_request, _body, done) => done(refusal()));
  // One that is not even well-formed comes to no parser.
  scope.setErrorHandler<FastifyError>(error => {
    throw error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' ? refusal() : error;
  });
};
