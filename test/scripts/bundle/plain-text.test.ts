import { styledCharsFromTokens, tokenize } from '@alcalzone/ansi-tokenize';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import {
  blankCell,
  cellsOf,
  isPlain,
  LateRegExp,
  LateSegmenter,
} from '../../../scripts/bundle/plain-text.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'aé·›…↑│╭ \r\n\t\x1b©👩‍🚀\u0301\u200d\ufe0f') }),
);

test('plain characters are a cell and a grapheme each, beside whatever plain character', () => {
  const plain = Array.from({ length: 0xffff }, (_, code) => String.fromCharCode(code)).filter(isPlain);
  expect(plain.length).toBeGreaterThan(700);
  expect(plain.filter(character => stringWidth(character) !== 1)).toEqual([]);
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...plain) }), text => {
      expect(stringWidth(text)).toBe(text.length);
      expect(isPlain(text)).toBe(true);
    }),
  );
});

test('a plain text is made of the cells that the tokenizer makes of it', () => {
  fc.assert(
    fc.property(anyText, text => {
      if (isPlain(text)) expect(cellsOf(text)).toEqual(styledCharsFromTokens(tokenize(text)));
    }),
  );
  expect(blankCell).toEqual({ type: 'char', value: ' ', fullWidth: false, styles: [] });
});

test('a late segmenter finds the graphemes that Intl finds, in any text', () => {
  const late = new LateSegmenter();
  const real = new Intl.Segmenter();
  fc.assert(
    fc.property(anyText, fc.nat(12), (text, index) => {
      expect([...late.segment(text)]).toEqual([...real.segment(text)]);
      expect(late.segment(text).containing(index)).toEqual(real.segment(text).containing(index));
    }),
    { numRuns: 1000 },
  );
});

describe('a late regular expression does what the real one does', () => {
  const letters = () => /\p{L}+/gu;
  const late = () => new LateRegExp(letters) as unknown as RegExp;

  test.each([
    ['test', (regExp: RegExp, text: string) => regExp.test(text)],
    ['exec', (regExp: RegExp, text: string) => regExp.exec(text)?.[0]],
    ['match', (regExp: RegExp, text: string) => text.match(regExp)],
    ['search', (regExp: RegExp, text: string) => text.search(regExp)],
    ['replace', (regExp: RegExp, text: string) => text.replace(regExp, '<$&>')],
    ['replaceAll', (regExp: RegExp, text: string) => text.replaceAll(regExp, '<$&>')],
  ])('%s', (_, use) => {
    fc.assert(
      fc.property(anyText, text => {
        expect(use(late(), text)).toEqual(use(letters(), text));
      }),
    );
  });

  test('and is not read before it is needed', () => {
    const unread = new LateRegExp(() => {
      throw new Error('it was read');
    });
    expect(() => unread.test('a')).toThrow('it was read');
  });
});
