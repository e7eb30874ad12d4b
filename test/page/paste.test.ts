import { expect, test } from 'vitest';
import { asPaste } from '../../src/page/paste.ts';

test('a pasted text is one paste, with the ends of its lines as a terminal has them', () => {
  expect(asPaste('root\nwith\r\ttwo\r\nmore 😀')).toBe('\x1b[200~root\rwith\r\ttwo\rmore 😀\x1b[201~');
});

test.each(['joe\x1b[201~\rs', 'joe\x9b201~\rs', 'joe\x1b\x1b[201~[201~\rs'])(
  'no text ends its paste by itself: %j',
  text => {
    const paste = asPaste(text);
    expect(paste.indexOf('\x1b', 1)).toBe(paste.length - '\x1b[201~'.length);
    expect(paste).not.toContain('\x9b');
  },
);
