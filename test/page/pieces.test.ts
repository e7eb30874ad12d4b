import { expect, test } from 'vitest';
import { inPieces } from '../../src/page/pieces.ts';

test('a text in pieces is the same text, with no character cut in two', () => {
  const text = `${'a'.repeat(9)}😀${'b'.repeat(20)}😀`;
  const pieces = inPieces(text, 10);
  expect(pieces.join('')).toBe(text);
  for (const piece of pieces) {
    expect(piece.length).toBeLessThanOrEqual(10);
    expect(piece.isWellFormed()).toBe(true);
  }
});

test('nothing is no piece, and little is one', () => {
  expect(inPieces('')).toEqual([]);
  expect(inPieces('q')).toEqual(['q']);
});

test('no piece is longer than a message may be, whatever is in it', () => {
  const text = '\x1b'.repeat(100_000);
  for (const keys of inPieces(text))
    expect(Buffer.byteLength(JSON.stringify({ keys }))).toBeLessThan(64 * 1024);
});
