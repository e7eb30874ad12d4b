import { describe, expect, test } from 'vitest';
import { settingsHere } from '../support/settings.ts';

const { load, refusal } = settingsHere();

describe('LANGINFRA_CORS_ORIGINS', () => {
  const name = 'LANGINFRA_CORS_ORIGINS';

  test.each([
    ['https://app.example.org', ['https://app.example.org']],
    [
      ' https://a.example , http://localhost:3000,http://[::1]:8080,,',
      ['https://a.example', 'http://localhost:3000', 'http://[::1]:8080'],
    ],
    ['https://xn--mnster-3ya.example', ['https://xn--mnster-3ya.example']],
    [',', []],
  ])('%j is taken', (value, origins) => expect(load({ [name]: value }).corsOrigins).toEqual(origins));

  test.each([
    '*',
    'https://*.example.org',
    'https://app.example.org, *',
    'null',
    'app.example.org',
    'localhost:3000',
    'https://app.example.org/',
    'https://app.example.org/page',
    'https://app.example.org?x',
    'https://app.example.org:443',
    'https://App.example.org',
    'https://münster.example',
    'https://me@app.example.org',
    'ftp://app.example.org',
    'file://',
    'javascript:alert(1)',
    'https://a.example https://b.example',
    'https://',
  ])('%j is refused: no browser sends it', value => {
    expect(refusal({ [name]: value })).toMatch(
      /^LANGINFRA_CORS_ORIGINS \(the environment\) is ".*": use origins as browsers send them, like https:\/\/app\.example\.org or http:\/\/localhost:3000, and never \*$/,
    );
  });
});

describe('LANGINFRA_TRUSTED_PROXIES', () => {
  const name = 'LANGINFRA_TRUSTED_PROXIES';

  test.each([
    ['10.0.0.1', ['10.0.0.1']],
    [
      ' 10.0.0.1 ,192.168.0.0/16, fd00::/8,::1,10.1.2.3/32',
      ['10.0.0.1', '192.168.0.0/16', 'fd00::/8', '::1', '10.1.2.3/32'],
    ],
    ['::ffff:10.0.0.1', ['::ffff:10.0.0.1']],
    ['2001:db8::/128', ['2001:db8::/128']],
    [',', []],
  ])('%j is taken', (value, ranges) => expect(load({ [name]: value }).trustedProxies).toEqual(ranges));

  test.each([
    '*',
    'localhost',
    'proxy.example',
    '10.0.0',
    '010.0.0.1',
    '10.0.0.256',
    '10.0.0.1:80',
    '[::1]',
    'fe80::1%eth0',
    '10.0.0.0/33',
    'fd00::/129',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '10.0.0.0/255.0.0.0',
    // Everybody.
    '0.0.0.0/0',
    '::/0',
    '10.0.0.1 10.0.0.2',
    '10.0.0.1, x',
  ])('%j is refused', value => {
    expect(refusal({ [name]: value })).toBe(
      `LANGINFRA_TRUSTED_PROXIES (the environment) is ${JSON.stringify(value)}: use addresses or ranges of them, like 10.0.0.1, 192.168.0.0/16 or fd00::/8`,
    );
  });
});
