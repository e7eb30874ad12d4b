import { expect, test } from 'vitest';
import { fromStored, newId, timestampOf, toStored } from '../../src/store/values.ts';

test('a new id is 32 hex characters, another one each time', () => {
  const ids = new Set(Array.from({ length: 100 }, newId));
  expect(ids.size).toBe(100);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
});

test.each([
  ['2026-11-23 15:12:59.123456', '2026-11-23T15:12:59.123456Z'],
  ['2026-11-23 15:12:59', '2026-11-23T15:12:59.000000Z'],
  ['2026-11-23 15:12:59.5', '2026-11-23T15:12:59.500000Z'],
])('the stored time %s is %s', (stored, timestamp) => {
  expect(fromStored(stored)).toBe(timestamp);
  expect(fromStored(toStored(timestamp))).toBe(timestamp);
});

test('a moment has microseconds, and stored times sort as the moments do', () => {
  expect(timestampOf(new Date(Date.UTC(2026, 10, 23, 15, 12, 59, 7)))).toBe('2026-11-23T15:12:59.007000Z');
  const moments = [999, 1_000, 60_000, 86_400_000, 4e12].map(ms => toStored(timestampOf(new Date(ms))));
  expect(moments.toSorted()).toEqual(moments);
});
