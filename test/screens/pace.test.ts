import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPace } from '../../src/screens/pace.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Something that is read, and answers when the test lets it. */
const paced = () => {
  let changes = 0;
  let shown = 0;
  let reads = 0;
  let gate: Promise<void> = Promise.resolve();
  const pace = createPace(async () => {
    reads += 1;
    const read = changes;
    await gate;
    shown = read;
  });
  return {
    pace,
    reads: () => reads,
    /** Which change the screen shows. */
    shown: () => shown,
    change: () => {
      changes += 1;
      pace.hear();
    },
    hold: () => {
      const held = Promise.withResolvers<void>();
      gate = held.promise;
      return held.resolve;
    },
  };
};

test('one change is read at once', async () => {
  const t = paced();
  t.change();
  await vi.advanceTimersByTimeAsync(0);
  expect([t.reads(), t.shown()]).toEqual([1, 1]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(t.reads()).toBe(1);
});

test('of fifty in a tenth of a second, the first and the last are', async () => {
  const t = paced();
  for (let time = 0; time < 50; time += 1) {
    t.change();
    await vi.advanceTimersByTimeAsync(2);
  }
  expect(t.reads()).toBe(1);
  await vi.advanceTimersByTimeAsync(200);
  expect([t.reads(), t.shown()]).toEqual([2, 50]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(t.reads()).toBe(2);
});

test('what comes while it is being read is read once more, however much that is', async () => {
  const t = paced();
  const answer = t.hold();
  t.change();
  await vi.advanceTimersByTimeAsync(500);
  t.change();
  t.change();
  expect(t.reads()).toBe(1);
  answer();
  await vi.advanceTimersByTimeAsync(1000);
  expect([t.reads(), t.shown()]).toEqual([2, 3]);
});

test('nothing is read where nobody sees it, and at once when somebody does, for which keys wait', async () => {
  const t = paced();
  t.pace.seen(false);
  t.change();
  t.change();
  await vi.advanceTimersByTimeAsync(1000);
  expect(t.reads()).toBe(0);
  expect(t.pace.settling()).toBeUndefined();
  t.pace.seen(true);
  await t.pace.settling();
  expect([t.reads(), t.shown()]).toEqual([1, 2]);
  t.pace.seen(false);
  t.pace.seen(true);
  await vi.advanceTimersByTimeAsync(1000);
  expect(t.reads()).toBe(1);
});

test('nothing is read any more once it is closed', async () => {
  const t = paced();
  t.change();
  await vi.advanceTimersByTimeAsync(1);
  t.change();
  t.pace.close();
  t.change();
  await vi.advanceTimersByTimeAsync(1000);
  expect(t.reads()).toBe(1);
});
