import { createDecipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSealing } from '../../src/accounts/sealing.ts';

const hash = '$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234';
const user = 'a'.repeat(32);
const sealing = createSealing('one secret key');
const other = createSealing('another secret key');

describe('a sealed password hash', () => {
  test('opens for its user and key', () => {
    expect(sealing.unseal(sealing.seal(hash, user), user)).toBe(hash);
  });

  test('opens in every process that has the same key', () => {
    expect(createSealing('one secret key').unseal(sealing.seal(hash, user), user)).toBe(hash);
  });

  test('does not open for another user, so that it cannot be moved to another row', () => {
    expect(sealing.unseal(sealing.seal(hash, user), 'b'.repeat(32))).toBeUndefined();
  });

  test('does not open with another key, not even when it claims that key', () => {
    const sealed = sealing.seal(hash, user);
    expect(other.unseal(sealed, user)).toBeUndefined();
    const [, , ownId = '', body = ''] = sealed.split(':');
    const otherId = other.seal(hash, user).split(':')[2] ?? '';
    expect(otherId).not.toBe(ownId);
    expect(other.unseal(`sealed:v1:${otherId}:${body}`, user)).toBeUndefined();
  });

  test('never contains the hash, and never looks the same twice', () => {
    const sealed = sealing.seal(hash, user);
    const body = Buffer.from(sealed.split(':')[3] ?? '', 'base64url').toString('latin1');
    for (const part of [hash, hash.slice(7), '$2b$12$']) {
      expect(sealed).not.toContain(part);
      expect(body).not.toContain(part);
    }
    expect(new Set(Array.from({ length: 100 }, () => sealing.seal(hash, user))).size).toBe(100);
  });

  test('is known by its form; a plain hash and nothing are not', () => {
    expect(sealing.isSealed(sealing.seal(hash, user))).toBe(true);
    expect(other.isSealed(sealing.seal(hash, user))).toBe(true);
    expect(sealing.isSealed(hash)).toBe(false);
    expect(sealing.isSealed('')).toBe(false);
  });

  test('keeps any text, of any length', () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 200 });
    fc.assert(
      fc.property(texts, text => {
        expect(sealing.unseal(sealing.seal(text, user), user)).toBe(text);
      }),
    );
  });
});

describe('a sealed password hash that was changed does not open', () => {
  const sealed = sealing.seal(hash, user);

  test('at any one character', () => {
    const flips = Array.from(sealed, (_, at) =>
      Array.from({ length: 7 }, (_, bit) => {
        const flipped = String.fromCharCode(sealed.charCodeAt(at) ^ (1 << bit));
        return sealed.slice(0, at) + flipped + sealed.slice(at + 1);
      }),
    ).flat();
    expect(flips.filter(text => sealing.unseal(text, user) !== undefined)).toEqual([]);
  });

  test('by leaving something out, by adding something, or by having nothing', () => {
    const changed = [
      ...Array.from(sealed, (_, at) => sealed.slice(0, at)),
      ...Array.from(sealed, (_, at) => sealed.slice(0, at) + sealed.slice(at + 1)),
      ...['=', ' ', '\n', 'A', ':', ':more'].map(added => sealed + added),
      sealed.toUpperCase(),
      hash,
    ];
    expect(changed.filter(text => sealing.unseal(text, user) !== undefined)).toEqual([]);
  });
});

describe('the fingerprint of a secret key', () => {
  test('stays the same from version to version', () => {
    // Databases hold this value: another one would lock everybody out.
    expect(createSealing('one secret key').fingerprint).toBe(sealing.fingerprint);
    expect(sealing.fingerprint).toMatchInlineSnapshot(
      `"2a5a4c304d6218fcad1613cdc592afd9e05d59f0d086099dac9ff0171156f5b1"`,
    );
  });

  test('tells keys apart, and does not show the key or the keys made of it', () => {
    expect(sealing.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(sealing.fingerprint).not.toBe(other.fingerprint);
    expect(sealing.fingerprint).not.toBe(Buffer.from(sealing.tokenKey).toString('hex'));
    expect(sealing.fingerprint).not.toContain(Buffer.from('one secret key').toString('hex'));
  });

  test('and the token key is a key of its own, 32 bytes', () => {
    expect(sealing.tokenKey).toHaveLength(32);
    expect(sealing.tokenKey).toEqual(createSealing('one secret key').tokenKey);
    expect(sealing.tokenKey).not.toEqual(other.tokenKey);
    const sealed = Buffer.from(sealing.seal(hash, user).split(':')[3] ?? '', 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', sealing.tokenKey, sealed.subarray(0, 12));
    const read = decipher.update(sealed.subarray(12, -16), undefined, 'latin1');
    expect(read).not.toContain('$2b$12$');
  });
});
