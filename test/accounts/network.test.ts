import { expect, test } from 'vitest';
import { networkOf, sourceOf } from '../../src/accounts/network.ts';

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
  ['2001:db8:1:3::6', '2001:db8:1:3::/64'],
  ['2001:db8::', '2001:db8:0:0::/64'],
  ['2001:db8::2:0:0:6', '2001:db8:0:0::/64'],
  ['unknown', 'unknown'],
])('%s stands for %s', (address, network) => expect(networkOf(address)).toBe(network));

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:DB8:1:2::6', '2001:db8:1:2::/64'],
  // As it is shown to whoever asks why nobody can sign in from there.
  ['0:0:0:0::/64', '0:0:0:0::/64'],
  ['2001:db8:1:2::/64', '2001:db8:1:2::/64'],
  ['unknown', 'unknown'],
])('%s, as a person writes it, is counted under %s', (text, source) => expect(sourceOf(text)).toBe(source));

test.each(['', 'foo', '127.0.0.1/8', '127.0.0.1/64', '2001:db8::/32', '/64', '192.0.2', 'here::/64'])(
  '%j is no address',
  text => expect(sourceOf(text)).toBe(undefined),
);
