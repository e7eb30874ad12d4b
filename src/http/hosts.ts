import type { FastifyRequest } from 'fastify';
import { plainAddress } from '../accounts/network.ts';
import { Refusal } from '../refusal.ts';
import type { Guard } from './route.ts';

/** As URLs write it: an IPv6 address, which is what has more than one colon, in brackets. */
export const urlHost = (host: string): string => (/^[^[].*:.*:|^::/.test(host) ? `[${host}]` : host);

/** The host name of a Host header, lower case and without its port; undefined where it is none. */
const nameOf = (header: string | undefined): string | undefined =>
  header === undefined || /[\s/\\?#@]/.test(header)
    ? undefined
    : URL.parse(`http://${header}`)?.hostname.replace(/\.$/, '');

const isLocalName = (name: string): boolean =>
  name === 'localhost' || name === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(name);

/** The address that the client came to. */
const addressOf = ({ socket }: FastifyRequest): string =>
  urlHost(plainAddress(socket.localAddress ?? '') ?? '');

/**
 * Refuses a request for a host name that is not ours. A page anywhere can let its own name point to this machine
 * (DNS rebinding); a browser then takes our answers for that page's own, but it sends that name.
 * The check throws bad_host.
 */
export const createHostCheck = (settings: {
  readonly host: string;
  readonly allowedHosts: readonly string[] | undefined;
}) => {
  const ours = new Set([settings.host, ...(settings.allowedHosts ?? [])].map(host => nameOf(urlHost(host))));
  // Nearly all requests say the same; to read it as a URL costs more than all other checks together.
  let last: { header: string | undefined; name: string | undefined } = { header: undefined, name: undefined };
  return async (request: FastifyRequest): Promise<void> => {
    const header = request.headers.host;
    if (header !== last.header) last = { header, name: nameOf(header) };
    const { name } = last;
    if (name && (isLocalName(name) || ours.has(name) || name === addressOf(request))) return;
    throw new Refusal('bad_host');
  };
};

/** Whether a page of this server sent it. Whether that came by TLS is not compared: it may have, from a proxy in front of us. */
const isOwnPage = ({ origin: sent, host }: FastifyRequest['headers']): boolean => {
  const origin = URL.parse(sent ?? '');
  const own = origin && /^https?:$/.test(origin.protocol) && URL.parse(`${origin.protocol}//${host}`);
  return Boolean(own && own.host === origin.host);
};

/** Refuses what a page of another origin sent: cookies come along by themselves. Programs send no Origin. */
export const refuseOtherOrigins = (isAllowed: (origin: string) => boolean): Guard => ({
  check: async ({ headers }) => {
    if (headers.origin === undefined || isAllowed(headers.origin) || isOwnPage(headers)) return;
    throw new Refusal('bad_origin');
  },
  refuses: ['bad_origin'],
  asksWho: false,
});

/** Refuses whatever a page of this server did not send. No other origin may, whatever it may ask of the API. */
export const needsOwnPage = async ({ headers }: FastifyRequest): Promise<void> => {
  if (!isOwnPage(headers)) throw new Refusal('bad_origin');
};
