import { expect, test } from 'vitest';
import { networkOf } from '../../src/accounts/network.ts';

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
