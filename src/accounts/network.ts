import { isIP, isIPv6, SocketAddress } from 'node:net';

/** The address of whoever was gone before it was asked for. */
export const unknownAddress = 'unknown';

/**
 * The network that a client's address stands for: an IPv4 address itself, of an IPv6 address the first 64 bits, for whoever
 * has one of those has all of them (RFC 6177, section 2).
 */
export const networkOf = (address: string): string => {
  if (!isIPv6(address)) return address;
  const [head = '', tail = ''] = address.split('::');
  const [before, after] = [head, tail].map(half => half.split(':').filter(Boolean)) as [string[], string[]];
  // Where `::` stands, as many groups are zero as are missing.
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`;
};

/**
 * An address in the one way to write it: without a port, brackets or a zone, IPv6 in its short form (RFC 5952), and
 * IPv4 as such, which a socket that listens on IPv6 too has as ::ffff:192.0.2.1. Undefined for any other text.
 */
export const plainAddress = (text: string): string | undefined => {
  const bare = text.replace(/^\[(.*)\](?::\d+)?$|^([\d.]+):\d+$/, '$1$2').replace(/%.*/, '');
  if (isIP(bare) !== 6) return isIP(bare) === 4 ? bare : undefined;
  return new SocketAddress({ address: bare, family: 'ipv6' }).address.replace(/^::ffff:(?=\d+\.)/, '');
};

/**
 * What failed sign-ins are counted under for an address, or a network, that a person wrote: as `networkOf` gives it.
 * Undefined for any other text.
 */
export const sourceOf = (text: string): string | undefined => {
  if (text === unknownAddress) return text;
  const address = plainAddress(text.replace(/^(.*:.*)\/64$/, '$1'));
  return address && networkOf(address);
};
