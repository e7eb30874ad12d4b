import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
// Under its own name Biome takes it for a focused test.
import {
  ago,
  caseFold,
  counted,
  fit as fitted,
  grouped,
  minute,
  named,
  namedAmong,
  printable,
  shellQuoted,
  usersCommand,
  widthOf,
} from '../src/text.ts';

/** Any text at all, surrogates that stand alone included. */
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map(units => String.fromCharCode(...units)),
);

describe('text from outside shows no more than its letters', () => {
  test.each([
    ['a line break', 'ada\r\nroot', 'ada··root'],
    ['NUL', 'a\0b', 'a·b'],
    ['DEL', 'a\x7fb', 'a·b'],
    ['colours (SGR)', '\x1b[31mroot\x1b[0m', '·[31mroot·[0m'],
    ['a window title (OSC)', '\x1b]0;owned\x07', '·]0;owned·'],
    ['the one-character CSI', '\x9b2J', '·2J'],
    ['a right-to-left override', 'ada\u202etoor', 'ada·toor'],
    ['bidi isolates', '\u2066ada\u2069', '·ada·'],
    ['a zero width space', 'a\u200bda', 'a·da'],
    ['a zero width joiner', 'a\u200dda', 'a·da'],
    ['a byte order mark', '\ufeffada', '·ada'],
    ['a soft hyphen', 'a\u00adda', 'a·da'],
    ['the Hangul filler', 'a\u3164da', 'a·da'],
    ['the halfwidth Hangul filler', 'a\uffa0da', 'a·da'],
    ['a variation selector', 'a\ufe0fda', 'a·da'],
    ['tag letters', 'ada\u{e0072}\u{e006f}', 'ada··'],
    ['a line separator', 'ada\u2028root', 'ada·root'],
    ['a private-use letter', 'a\ue000da', 'a·da'],
    ['a lone surrogate', 'a\ud800da', 'a\ufffdda'],
  ])('%s', (_, text, shown) => expect(printable(text)).toBe(shown));

  test('at most two marks are stacked on a letter', () => {
    expect(printable(`x${'\u0336'.repeat(20)}y`)).toBe('x\u0336\u0336y');
  });

  test.each(['ada', 'Zoë', 'naïve', '田中', 'Αθήνα', 'नमस्ते', '🇩🇪', 'O’Neil'])('%s stays as it is', name =>
    expect(printable(name)).toBe(name),
  );

  test('a letter and its mark become the one letter (NFC)', () => {
    expect(printable('Zoe\u0308')).toBe('Zoë');
  });

  test('nothing that steers a terminal is left in any text, and once is enough', () => {
    fc.assert(
      fc.property(anyText, text => {
        const shown = printable(text);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
        expect(shown).not.toMatch(/\p{M}{3}/u);
        expect(printable(shown)).toBe(shown);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a cell of a table has its width', () => {
  test.each([
    ['ada', 5, 'ada  '],
    ['ada', 3, 'ada'],
    ['ada', 2, 'a…'],
    ['ada', 1, '…'],
    ['ada', 0, ''],
    ['ada', -1, ''],
    ['', 2, '  '],
    ['田中', 4, '田中'],
    ['田中', 3, '田…'],
    ['田中さん', 4, '田… '],
    ['田', 1, '…'],
    ['e\u0323\u0302e', 2, 'e\u0323\u0302e'],
    ['🇩🇪🇫🇷', 3, '🇩🇪…'],
  ])('%s in %i cells', (text, width, cell) => expect(fitted(text, width)).toBe(cell));

  test('wide letters take two cells, marks none', () => {
    expect(['ada', '田中', 'e\u0336', '🇩🇪'].map(widthOf)).toEqual([3, 4, 1, 2]);
  });

  // Letters that join the next character into one grapheme (Unicode's Prepend): what follows is not counted.
  const joining =
    /[\u0d4e\u{111c2}\u{111c3}\u{113d1}\u{1193f}\u{11941}\u{11a3a}\u{11a84}-\u{11a89}\u{11d46}\u{11f02}]/u;

  test('any text that can be shown fills any width exactly', () => {
    const shown = anyText.map(printable).filter(text => !joining.test(text));
    fc.assert(
      fc.property(shown, fc.integer({ min: 0, max: 40 }), (text, width) => {
        expect(widthOf(fitted(text, width))).toBe(width);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a name in a sentence', () => {
  test.each([
    ['ada', 'ada', 'ada'],
    ['a'.repeat(24), 'a'.repeat(24), 'a'.repeat(24)],
    ['averyverylongname.of.red', 'averyverylongname.of.red', 'averyverylongname.of.red'],
    ['averyveryverylongname.of.green', 'averyveryverylongname...', 'averyveryve...e.of.green'],
    ['日本語'.repeat(6), '日本語日本語日本語日...', '日本語日本...本語日本語'],
    ['a\u202eb', 'a·b', 'a·b'],
  ])('%s is cut at the end, among others in the middle', (name, alone, among) => {
    expect([named(name), namedAmong(name)]).toEqual([alone, among]);
  });

  test('is never wider than it may be', () => {
    fc.assert(
      fc.property(anyText, text => widthOf(namedAmong(text)) <= 24),
      { numRuns: 500 },
    );
  });
});

describe('names that differ in case only fold alike', () => {
  const pairs = [
    ['ADA', 'ada'],
    ['Straße', 'STRASSE'],
    ['ẞ', 'ß'],
    ['ß', 'ss'],
    ['Οδυσσεύς', 'ΟΔΥΣΣΕΎΣ'],
    ['ς', 'σ'],
    ['İ', 'i\u0307'],
    ['\u212a', 'k'],
    ['\u212b', 'å'],
    ['\u00b5', 'μ'],
    ['ﬁ', 'FI'],
    ['ŉ', 'ʼN'],
    ['ᾳ', 'ΑΙ'],
    ['Ꭰ', 'ꭰ'],
    ['Zoe\u0308', 'ZOË'],
    ['𐐀', '𐐨'],
  ] as const;

  test.each(pairs)('%s and %s', (one, other) => expect(caseFold(one)).toBe(caseFold(other)));

  test('anywhere in a name', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(...pairs), anyText, (before, [one, other], after) => {
        expect(caseFold(`${before} ${one} ${after}`)).toBe(caseFold(`${before} ${other} ${after}`));
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['the dotless ı', 'ı', 'i'],
    ['the dotless ı', 'ı', 'I'],
    ['the dotted İ', 'İ', 'i'],
    ['an accent', 'é', 'e'],
    ['a letter of another script', 'а', 'a'],
  ])('%s stays apart: %s is not %s', (_, one, other) => expect(caseFold(one)).not.toBe(caseFold(other)));
});

test('a count has its thousands apart, a time is shown to the minute', () => {
  expect([grouped(7), grouped(1_204), grouped(1_000_000)]).toEqual(['7', '1,204', '1,000,000']);
  expect([0, 1, 1_204].map(count => counted(count, 'user'))).toEqual(['0 users', '1 user', '1,204 users']);
  expect([1, 2].map(count => counted(count, 'is', 'are'))).toEqual(['1 is', '2 are']);
  expect(minute('2026-11-23T15:12:59.123456Z')).toBe('2026-11-23 15:12');
});

describe('a word in a command that a person may copy', () => {
  test.each([
    ['ada', 'ada'],
    ['zoë', 'zoë'],
    ['/var/lib/langinfra-2.0/a_b.db', '/var/lib/langinfra-2.0/a_b.db'],
    ['ada@example.org', 'ada@example.org'],
    ['ada lovelace', "'ada lovelace'"],
    ["o'brien", "'o'\\''brien'"],
    ['$(reboot)', "'$(reboot)'"],
    ['a;b', "'a;b'"],
    ['~', "'~'"],
    ['--username=b0b', '--username=b0b'],
    ['--username=~', "'--username=~'"],
    ['=ls', "'=ls'"],
    ['', "''"],
  ])('%j is written %s', (word, written) => expect(shellQuoted(word)).toBe(written));

  test('is the word again to a shell, whatever it is', () => {
    const words = fc.sample(fc.string({ unit: 'binary' }), 200).map(word => word.replaceAll('\0', ''));
    const script = `printf '%s\\0' ${words.map(word => shellQuoted(word.toWellFormed())).join(' ')}`;
    const { stdout } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    expect(stdout.split('\0').slice(0, -1)).toEqual(words.map(word => word.toWellFormed()));
  });

  test('stands behind -- where it is a username that begins with a dash', () => {
    expect(usersCommand('show', ['ada'])).toBe('langinfra users show ada');
    expect(usersCommand('show', ['-y'])).toBe('langinfra users show -- -y');
    expect(usersCommand('show', ['- y'])).toBe("langinfra users show -- '- y'");
  });
});

test.each([
  ['2026-11-23T15:12:59.999Z', 'just now'],
  ['2026-11-23T15:12:00.000Z', '1 minute ago'],
  ['2026-11-23T13:13:00.000Z', '2 hours ago'],
  ['2026-11-20T15:13:00.000Z', '3 days ago'],
  ['2026-09-20T15:13:00.000Z', '2 months ago'],
  ['2024-11-20T15:13:00.000Z', '2 years ago'],
  ['2026-11-23T15:20:00.000Z', 'just now'],
])('at 15:13 %s was %s', (timestamp, words) => {
  expect(ago(timestamp, new Date('2026-11-23T15:13:00.000Z'))).toBe(words);
});
