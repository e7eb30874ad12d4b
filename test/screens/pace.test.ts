import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createPace } from '../../src/screens/pace.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Something that is read, and answers when the test lets it. */
const paced = () => {
  let changes = 0;
  let shown = 0;
  let reads = 0;
  let gate: Promise<void> = Promise.resolve();
  let isAnswered = true;
  const pace = createPace(async () => {
    reads += 1;
    const read = changes;
    await gate;
    if (isAnswered) shown = read;
    return isAnswered;
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
    /** Whether what is read from now on gets an answer. */
    answers: (now: boolean) => {
      isAnswered = now;
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

test('keys wait for what was changed while it was hidden also where an older reading has still to end', async () => {
  const t = paced();
  const answer = t.hold();
  t.change();
  t.pace.seen(false);
  t.change();
  t.pace.seen(true);
  let goOn = false;
  void t.pace.settling()?.then(() => {
    goOn = true;
  });
  await vi.advanceTimersByTimeAsync(1);
  expect([t.reads(), goOn]).toEqual([1, false]);
  answer();
  await vi.advanceTimersByTimeAsync(0);
  expect([t.reads(), t.shown(), goOn]).toEqual([2, 2, true]);
  expect(t.pace.settling()).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1000);
  expect(t.reads()).toBe(2);
});

describe('a reading that gets no answer', () => {
  test('is tried again a moment later, and less and less often, until there is one', async () => {
    const t = paced();
    t.answers(false);
    t.change();
    await vi.advanceTimersByTimeAsync(249);
    expect(t.reads()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(t.reads()).toBe(2);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(t.reads()).toBeLessThan(25);
    t.answers(true);
    await vi.advanceTimersByTimeAsync(4000);
    expect(t.shown()).toBe(1);
    const reads = t.reads();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(t.reads()).toBe(reads);
  });

  test('keeps no later change waiting for longer than that', async () => {
    const t = paced();
    t.answers(false);
    t.change();
    await vi.advanceTimersByTimeAsync(60_000);
    t.answers(true);
    t.change();
    await vi.advanceTimersByTimeAsync(200);
    expect(t.shown()).toBe(2);
  });

  test('is not tried again while it is hidden, nor once it is closed', async () => {
    const t = paced();
    t.answers(false);
    t.change();
    await vi.advanceTimersByTimeAsync(1);
    t.pace.seen(false);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(t.reads()).toBe(1);
    t.answers(true);
    t.pace.seen(true);
    await t.pace.settling();
    expect(t.shown()).toBe(1);

    t.answers(false);
    t.change();
    await vi.advanceTimersByTimeAsync(200);
    const reads = t.reads();
    t.pace.close();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(t.reads()).toBe(reads);
  });
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
