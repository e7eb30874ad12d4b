import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { plainAddress, unknownAddress } from '../accounts/network.ts';
import type { Origin } from '../accounts/origin.ts';

/** Whether the peer at an address is one of ours in front of this server, so that what it says of clients counts. */
export type Trust = (address: string | undefined) => boolean;

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** The trust in the addresses and ranges (CIDR) of LANGINFRA_TRUSTED_PROXIES; without any, in nobody. */
export const createTrust = (ranges: readonly string[] = []): Trust => {
  const trusted = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    if (bits === undefined) trusted.addAddress(address, familyOf(address));
    else trusted.addSubnet(address, Number(bits), familyOf(address));
  }
  return address => {
    const plain = address && plainAddress(address);
    return plain ? trusted.check(plain, familyOf(plain)) : false;
  };
};

/**
 * Where a request came from: the peer or, where that is a trusted proxy, the last address in X-Forwarded-For that is
 * no trusted proxy's. What stands before it, the client wrote. `unknown` where the connection was gone at once.
 */
export const clientAddress = ({ ip, socket }: FastifyRequest): string =>
  plainAddress(ip ?? '') ?? plainAddress(socket.remoteAddress ?? '') ?? unknownAddress;

/** The same for the audit, with the name of the request in the log. */
export const originOf = (request: FastifyRequest): Origin => ({
  door: 'http',
  address: clientAddress(request),
  requestId: request.id,
});

/** Whether the client spoke TLS: with a trusted proxy, which says so in X-Forwarded-Proto. */
export const cameByTls = ({ protocol }: FastifyRequest): boolean => protocol?.toLowerCase() === 'https';

/** No separators and nothing that a log or a shell would take for something else. */
const wellFormedId = /^[\w.:+/=-]{1,100}$/;

/** Names each request for the log: as a trusted proxy does in X-Request-Id, else by a random UUID. */
export const createRequestId =
  (trusts: Trust) =>
  ({ headers, socket }: IncomingMessage): string => {
    // Asked of every request: a socket that was asked once knows its peer, for the log, when it is closed, too.
    const named = trusts(socket.remoteAddress) ? headers['x-request-id'] : undefined;
    return typeof named === 'string' && wellFormedId.test(named) ? named : randomUUID();
  };
