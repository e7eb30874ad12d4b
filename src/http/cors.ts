import type { FastifyReply, FastifyRequest } from 'fastify';

/** What a page may send beside what every page may. */
const allowedHeaders = 'authorization, content-type, x-api-key';
/** What a page may read of an answer beside what every page may. */
const exposedHeaders = 'retry-after, www-authenticate, x-request-id';
/** A browser asks again after so long, in seconds. */
const maxAge = 600;

export type Cors = ReturnType<typeof createCors>;

/**
 * Lets pages of other origins use the API (CORS, in the Fetch standard): those that LANGINFRA_CORS_ORIGINS names, each
 * by its full name, for they may send cookies along. Without any, no answer says a word of it.
 */
export const createCors = (origins: readonly string[] = []) => {
  const allowed: ReadonlySet<string | undefined> = new Set(origins);
  return {
    isAllowed: (origin: string): boolean => allowed.has(origin),

    /** Writes into the answer that the page which asks may read it. */
    allow: ({ headers: { origin } }: FastifyRequest, reply: FastifyReply): void => {
      if (allowed.size === 0) return;
      reply.header('vary', 'Origin');
      if (!origin || !allowed.has(origin)) return;
      reply.headers({
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': exposedHeaders,
      });
    },

    /** Whether a browser asks, for an allowed page, what that may send. */
    isPreflight: ({ method, headers }: FastifyRequest): boolean =>
      method === 'OPTIONS' &&
      allowed.has(headers.origin) &&
      headers['access-control-request-method'] !== undefined,

    /** Answers that with the methods of the path. */
    answerPreflight: (reply: FastifyReply, methods: string): FastifyReply =>
      reply
        .headers({
          'access-control-allow-methods': methods,
          'access-control-allow-headers': allowedHeaders,
          'access-control-max-age': maxAge,
        })
        .code(204)
        .send(),
  };
};
