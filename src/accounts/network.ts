import { isIPv6 } from 'node:net';

/**
 * The network that a client's address stands for: an IPv4 address itself, of an IPv6 address the first 64 bits. Whoever
 * has one of those has all of the others (RFC 6177, section 2).
 */
export const networkOf = (address: string): string => {
  // A socket that listens on IPv6 too has an IPv4 client's address written as ::ffff:192.0.2.1.
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  // A URL has it in its shortest form, with an IPv4 address at its end in hexadecimal.
  const [head = '', tail] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::');
  const [before, after] = [head, tail ?? ''].map(half => half.split(':').filter(Boolean));
  const zeros = Array.from({ length: 8 - (before?.length ?? 0) - (after?.length ?? 0) }, () => '0');
  const groups = [...(before ?? []), ...zeros, ...(after ?? [])];
  return `${groups.slice(0, 4).join(':')}::/64`;
};
