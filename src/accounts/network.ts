import { isIPv6 } from 'node:net';

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
