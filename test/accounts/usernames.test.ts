import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanUsername, isReserved, whyNotUsername } from '../../src/accounts/usernames.ts';

/** Names as people, scripts and attackers write them: letters of all scripts, and what hides between them. */
const tricky = fc.constantFrom(
  ...[' ', '\t', '\n', '\0', '\x1b', '\x7f', '\u00a0', '\u00ad', '\u200b', '\u200f', '\u202e', '\u2028'],
  ...['\ufeff', '\ufe0f', '\u3164', '\ud800', '\udc00', '\ue000', '\u0301', '\u0323', 'e', 'İ', 'ı', 'ß'],
  ...['\u1100', '\u1161', '\u{e0041}', '\u{1f468}', 'Å', '\u212b', '\ufb01', 'ﬀ', '\u3000', '\u2003'],
);
const names = fc.oneof(
  fc.string({ maxLength: 70 }),
  fc.string({ unit: 'binary', maxLength: 70 }),
  fc.string({ unit: 'grapheme', maxLength: 70 }),
  fc.string({ unit: tricky, maxLength: 12 }),
  fc.string({ unit: fc.oneof(tricky, fc.string({ minLength: 1, maxLength: 1 })), maxLength: 70 }),
);

describe('a username is refused', () => {
  test.each([
    ['when it is empty', '', 'username_empty'],
    ['with 65 characters', 'a'.repeat(65), 'username_too_long'],
    ['with 65 characters outside the first 65536', '𝒳'.repeat(65), 'username_too_long'],
    ['with a space in front', ' ada', 'username_spaces'],
    ['with a space behind', 'ada ', 'username_spaces'],
    ['with a no-break space behind', 'ada\u00a0', 'username_spaces'],
    ['with a wide space in front', '\u3000ada', 'username_spaces'],
    ['when it is only a space', ' ', 'username_spaces'],
    ['with a control character', 'a\x1b[2Jda', 'username_unprintable'],
    ['with NUL', 'a\0da', 'username_unprintable'],
    ['with a line break inside', 'a\nda', 'username_unprintable'],
    ['with a line separator inside', 'a\u2028da', 'username_unprintable'],
    ['with letters turned around', 'a\u202eda', 'username_unprintable'],
    ['with a space of no width', 'a\u200bda', 'username_unprintable'],
    ['with an invisible letter', 'a\u3164da', 'username_unprintable'],
    ['with half a character', 'a\ud800da', 'username_unprintable'],
    ['with a private character', 'a\ue000da', 'username_unprintable'],
    ['with a tower of accents', `a${'\u0323'.repeat(5)}da`, 'username_unprintable'],
    ['when it is the automatic account', 'langinfra', 'username_reserved'],
    ['when it folds to the automatic account', 'LangInfra', 'username_reserved'],
  ])('%s', (_, username, reason) => {
    expect(whyNotUsername(cleanUsername(username))).toBe(reason);
  });
});

describe('a username is accepted', () => {
  test.each([
    'a',
    'a'.repeat(64),
    '𝒳'.repeat(64),
    'Ada Lovelace',
    'ada@example.com',
    'Żółć',
    'мария',
    '小王',
    'ß',
    'langinfra2',
    "'; drop table user; --",
    '0',
  ])('%j', username => expect(whyNotUsername(cleanUsername(username))).toBeUndefined());

  test('with 64 letters that were typed as 128 characters', () => {
    expect(whyNotUsername(cleanUsername('e\u0301'.repeat(64)))).toBeUndefined();
  });
});

describe('whatever is accepted', () => {
  const accepted = names.map(cleanUsername).filter(name => whyNotUsername(name) === undefined);

  test('has 1 to 64 characters, is NFC and trimmed, and holds nothing that hides or controls', () => {
    fc.assert(
      fc.property(accepted, name => {
        const characters = Array.from(name);
        expect(characters.length).toBeGreaterThanOrEqual(1);
        expect(characters.length).toBeLessThanOrEqual(64);
        expect(name.normalize('NFC')).toBe(name);
        expect(name.trim()).toBe(name);
        expect(name.isWellFormed()).toBe(true);
        expect(name).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 500 },
    );
  });

  test('stays accepted, and the same, when it is cleaned again', () => {
    fc.assert(
      fc.property(accepted, name => {
        expect(cleanUsername(name)).toBe(name);
      }),
    );
  });

  test('is not the reserved name in any spelling', () => {
    const spellings = fc
      .array(fc.boolean(), { minLength: 9, maxLength: 9 })
      .map(ups =>
        Array.from('langinfra', (letter, at) => (ups[at] ? letter.toUpperCase() : letter)).join(''),
      );
    fc.assert(
      fc.property(spellings, name => {
        expect(isReserved(name)).toBe(true);
        expect(whyNotUsername(name)).toBe('username_reserved');
      }),
    );
    expect(isReserved('langinfra ')).toBe(false);
  });
});

test('every name gets a verdict; none makes the rule stumble', () => {
  fc.assert(
    fc.property(names, name => {
      expect([undefined, expect.stringMatching(/^username_/)]).toContainEqual(
        whyNotUsername(cleanUsername(name)),
      );
    }),
  );
});
