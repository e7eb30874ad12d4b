import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../refusal.ts';

/** Browsers send some twenty, proxies add ten. */
const mostHeaders = 200;

/**
 * Gives a target that names scheme and host (`http://host/path`) the form of all others. That host counts, not the one
 * of the Host header (RFC 9112, section 3.2.2); the host check refuses it where the scheme is not ours.
 */
export const originForm = (request: IncomingMessage): string => {
  const { url = '/' } = request;
  const [, scheme = '', authority, rest = ''] = /^([a-z][a-z\d+.-]*):\/\/([^/?#]*)(.*)$/i.exec(url) ?? [];
  if (authority === undefined) return url;
  request.headers.host = /^https?$/i.test(scheme) ? authority : '';
  return rest.startsWith('/') ? rest : `/${rest}`;
};

/**
 * Refuses a request that a proxy before us may have understood as another one, or as two (request smuggling, RFC 9112
 * section 11.2): Node takes versions that do not exist, any list of codings that ends with `chunked`, and chunks in
 * HTTP/1.0. Throws broken_request, too_many_headers and bad_expectation.
 */
export const refuseDoubtful = async (
  { raw, headers }: FastifyRequest,
  reply: FastifyReply,
): Promise<void> => {
  const coding = headers['transfer-encoding'];
  const isPlain = coding === undefined || (/^chunked$/i.test(coding) && raw.httpVersion === '1.1');
  if (!isPlain || !['1.0', '1.1'].includes(raw.httpVersion)) {
    // Where its body ends is in doubt, and with it where the next request begins.
    reply.header('connection', 'close');
    throw new Refusal('broken_request');
  }
  if (raw.rawHeaders.length / 2 > mostHeaders) throw new Refusal('too_many_headers', { most: mostHeaders });
  if (!isDecodable(queryOf(raw.url ?? ''))) throw new Refusal('broken_request');
  if (!/^(?:100-continue)?$/i.test(headers.expect ?? '')) throw new Refusal('bad_expectation');
};

/** The router takes what follows a # for the query, too. */
const queryOf = (url: string): string => url.replace(/^[^?#]*/, '');

const isDecodable = (text: string): boolean => {
  if (!text.includes('%')) return true;
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
};
