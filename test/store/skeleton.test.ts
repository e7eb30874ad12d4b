import fc from 'fast-check';
import unhomoglyph from 'unhomoglyph';
import { describe, expect, test } from 'vitest';
import { skeletonOf } from '../../src/store/skeleton.ts';
import { caseFold } from '../../src/text.ts';

describe('names that look alike have one skeleton', () => {
  test.each([
    ['paypal', 'раураl'],
    ['Admin', 'adrnin'],
    ['Alice', 'AIice'],
    ['rootO', 'root0'],
    ['scope', 'ѕсоре'],
    ['Straße', 'STRASSE'],
  ])('%s and %s', async (one, other) => expect(await skeletonOf(one)).toBe(await skeletonOf(other)));
});

test.each([
  ['ada', 'adа b'],
  ['bob', 'rob'],
  ['Zoë', 'Zoe'],
])('%s and %s do not', async (one, other) => {
  expect(await skeletonOf(one)).not.toBe(await skeletonOf(other));
});

test('plain names have the one that Unicode gives them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary-ascii' }), async name => {
      expect(await skeletonOf(name)).toBe(caseFold(unhomoglyph(name)));
    }),
  );
});
