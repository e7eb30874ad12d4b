import { expect, test } from 'vitest';
import { createOutlet } from '../../src/terminals/outlet.ts';

/** A terminal that reads only when it is told to. */
const stalled = () => {
  const came: string[] = [];
  const unread: (() => void)[] = [];
  let redraws = 0;
  const outlet = createOutlet(
    (bytes, done) => {
      came.push(bytes);
      unread.push(done);
    },
    () => {
      redraws += 1;
    },
  );
  return {
    outlet,
    came,
    redraws: () => redraws,
    read: (count = unread.length) => {
      for (const done of unread.splice(0, count)) done();
    },
  };
};
const frame = 'x'.repeat(400_000);

test('every byte goes on at once, in order, whether or not the ones before it were read', () => {
  const { outlet, came, read, redraws } = stalled();
  for (const bytes of ['a', 'b', 'c']) outlet.send(bytes);
  expect(came).toEqual(['a', 'b', 'c']);
  read();
  expect(redraws()).toBe(0);
});

test('for a terminal that is far behind frames are left out, and when it has read all it had, one is drawn', () => {
  const { outlet, came, read, redraws } = stalled();
  for (let count = 0; count < 100; count += 1) outlet.send(frame);
  expect(came).toHaveLength(3);
  read(2);
  expect(redraws()).toBe(0);
  read();
  expect(redraws()).toBe(1);
  outlet.send('the whole screen');
  expect(came.at(-1)).toBe('the whole screen');
  read();
  expect(redraws()).toBe(1);
});

test('what gives the terminal back is never left out, and nothing is drawn after it', () => {
  const { outlet, came, read, redraws } = stalled();
  for (let count = 0; count < 100; count += 1) outlet.send(frame);
  outlet.keepAll();
  outlet.send('the end');
  expect(came.at(-1)).toBe('the end');
  read();
  expect(redraws()).toBe(0);
});

test('it is taken when the terminal has read the last of it', async () => {
  const { outlet, read } = stalled();
  await outlet.taken();
  for (const bytes of ['a', 'b', 'c']) outlet.send(bytes);
  let isTaken = false;
  const taken = outlet.taken().then(() => {
    isTaken = true;
  });
  read(2);
  await Promise.resolve();
  expect(isTaken).toBe(false);
  read();
  await taken;
});

test('where many terminals are served, one that is far behind is given up, and nothing waits for it', async () => {
  const came: string[] = [];
  let givenUp = 0;
  const outlet = createOutlet(
    bytes => came.push(bytes),
    () => {},
    () => {
      givenUp += 1;
      outlet.giveUp();
    },
  );
  for (let count = 0; count < 100; count += 1) outlet.send(frame);
  expect(givenUp).toBe(1);
  expect(came).toHaveLength(3);
  outlet.keepAll();
  outlet.send('the end');
  await outlet.taken();
  expect(came).toHaveLength(3);
});
