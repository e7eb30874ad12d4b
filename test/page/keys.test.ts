import { expect, test } from 'vitest';
import { isOfBrowser } from '../../src/page/keys.ts';

const none = { ctrlKey: false, altKey: false, metaKey: false };
const ctrl = { ...none, ctrlKey: true };

test.each([
  ['F5', none],
  ['F6', none],
  ['F12', none],
  ['r', ctrl],
  ['R', ctrl],
  ['v', ctrl],
  ['c', { ...none, metaKey: true }],
])('%s %o is the browser’s', (key, held) => {
  expect(isOfBrowser({ key, ...held }, false)).toBe(true);
});

test.each([
  ['F', none],
  ['r', none],
  ['Tab', none],
  ['Escape', none],
  ['s', ctrl],
  ['d', ctrl],
  ['g', ctrl],
  ['l', ctrl],
  ['v', { ...ctrl, altKey: true }],
])('%s %o is the console’s', (key, held) => {
  expect(isOfBrowser({ key, ...held }, true)).toBe(false);
});

test('Control-C copies what is selected, and quits where nothing is', () => {
  expect(isOfBrowser({ key: 'c', ...ctrl }, true)).toBe(true);
  expect(isOfBrowser({ key: 'c', ...ctrl }, false)).toBe(false);
});
