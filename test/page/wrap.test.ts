import { expect, test } from 'vitest';
import { createWrap } from '../../src/page/wrap.ts';

const open = (columns: number) => createWrap(() => columns);

test('no word is cut at the edge', () => {
  const { wrap } = open(10);
  expect(wrap('Keys: start with n\r\nor q.')).toBe('Keys: \r\nstart with\r\nn\r\nor q.');
});

test('what comes in several pieces is wrapped as in one', () => {
  const { wrap } = open(10);
  expect(['Keys: ', 'start', ' ', 'wi', 'th'].map(wrap)).toEqual(['Keys: ', '\r\nstart', ' ', 'wi', 'th']);
});

test('a word that is typed, and one that is longer than a line, are left to the terminal', () => {
  const { wrap } = open(10);
  expect([...'Name: abcdefghij'].map(letter => wrap(letter)).join('')).toBe('Name: abcdefghij');
  expect(wrap('\r\nabcdefghijklmnop')).toBe('\r\nabcdefghijklmnop');
});

test('letters count as wide as they are', () => {
  expect(open(10).wrap('a 中中中中 b')).toBe('a 中中中中\r\nb');
});

test('a terminal that was cleared begins a line', () => {
  const { wrap, reset } = open(10);
  wrap('12345678');
  reset();
  expect(wrap('a 1234567')).toBe('a 1234567');
});
