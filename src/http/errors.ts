import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal, type RefusalCode } from '../refusal.ts';
import { bodyLimit } from './bodies.ts';
import { headersOfAll } from './headers.ts';

/** How long a client that found us busy should wait, in seconds. */
const retryAfter = 5;

/** What the server says of requests that it could not read, as refusals of ours. */
const unreadable: Record<string, () => Refusal> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => new Refusal('body_too_large', { most: `${bodyLimit / 1024} KiB` }),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => new Refusal('bad_content_type'),
};

/** What is said of any request that could not be read, and where something inside went wrong; by status. */
export const saidAnywhere = {
  400: 'Bad Request',
  408: 'The request did not arrive in time',
  413: 'The chunk extensions are too large',
  431: 'The headers are too large',
  500: 'Internal Server Error',
} as const;

/**
 * Answers an error that a hook, a schema or a handler threw: always `{"detail": sentence}`, and nothing of the
 * inside in it.
 */
export const answerError = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const { status, detail } = answerOf(error);
  if (status >= 500 && !isExpected(error)) request.log.error({ err: error }, 'request failed');
  // RFC 9110, section 15.5.2: a 401 names the scheme that would be taken.
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  const wait = error instanceof Refusal ? error.retryAfter : undefined;
  if (status === 503 || wait !== undefined) reply.header('retry-after', wait ?? retryAfter);
  return reply.code(status).send({ detail });
};

/** No fault of anything inside, or told already, and maybe one a request: its line in the log is enough. */
const expected: readonly string[] = [
  'too_busy',
  'server_stopping',
  'database_silent',
  'database_moved',
] satisfies RefusalCode[];
const isExpected = (error: unknown): boolean => error instanceof Refusal && expected.includes(error.code);

const answerOf = (error: unknown): { status: number; detail: string } => {
  const { code = '', statusCode = 500 } = (error ?? {}) as { code?: string; statusCode?: number };
  const refusal = error instanceof Refusal ? error : unreadable[code]?.();
  if (refusal) return { status: refusal.http, detail: wordsFor(refusal) };
  // Anything else that the client did wrong, say a broken header, is for the server to judge.
  if (statusCode >= 400 && statusCode < 500) return { status: statusCode, detail: saidAnywhere[400] };
  return { status: 500, detail: saidAnywhere[500] };
};

/** What a client may read of a refusal. */
export const wordsFor = (refusal: Refusal): string => {
  // It ended between the guard and the rule: to the client that is a revoked token.
  if (refusal.code === 'session_ended') return new Refusal('bad_token').message;
  // These name files and settings, which are for whoever runs the server.
  if (refusal.http === 500) return saidAnywhere[500];
  if (refusal.exit === 7) return 'The database does not answer now';
  return refusal.message;
};

/** What node:http could not even read as a request. */
const brokenRequests: Record<string, keyof typeof saidAnywhere> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Answers such a request in the form of all errors, and hangs up. */
export const answerClientError = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = brokenRequests[error.code ?? ''] ?? 400;
  const body = JSON.stringify({ detail: saidAnywhere[status] });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...Object.entries(headersOfAll).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
};
