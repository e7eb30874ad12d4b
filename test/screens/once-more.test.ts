import { expect, test } from 'vitest';
import { onceMore } from '../../src/screens/once-more.ts';

const turns = Array.from({ length: 12 }, (_, count) => count);

test.each(turns)('what is asked for %i turns after the work began is done after it', async count => {
  let asked = 0;
  let seen = 0;
  const look = onceMore(async () => {
    const now = asked;
    await Promise.resolve();
    seen = now;
  });
  const first = look();
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
  asked = 1;
  await look();
  await first;
  expect(seen).toBe(1);
});

test('whoever asks while it runs is given what the last time gave', async () => {
  let times = 0;
  const count = onceMore(async () => {
    times += 1;
    return times;
  });
  expect(await Promise.all([count(), count(), count()])).toEqual([2, 2, 2]);
  expect(await count()).toBe(3);
});
