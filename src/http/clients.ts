import type { FastifyRequest } from 'fastify';

/**
 * The address that a request comes from. A socket that listens on IPv6 too has an IPv4 client's as ::ffff:192.0.2.1, and
 * none where the client has gone already.
 */
export const clientAddress = ({ ip }: FastifyRequest): string =>
  (ip as string | undefined)?.replace(/^::ffff:(?=\d+\.)/, '') ?? 'unknown';
