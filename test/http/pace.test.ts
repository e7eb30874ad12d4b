import { expect, test } from 'vitest';
import { createPace } from '../../src/http/pace.ts';

const open = (
  most = { messages: 3, characters: 100 },
  deliver = async (_text: string): Promise<void> => {},
) => {
  const heard: string[] = [];
  let isPaused = false;
  const pace = createPace(
    most,
    async text => {
      heard.push(text);
      await deliver(text);
    },
    {
      pause: () => {
        isPaused = true;
      },
      resume: () => {
        isPaused = false;
      },
    },
  );
  return { ...pace, heard, isPaused: () => isPaused };
};

const letters = [...'abcdefg'];

test('hands on what comes, in order', async () => {
  const pace = open({ messages: 10, characters: 100 });
  for (const letter of letters) pace.take(letter);
  await expect.poll(() => pace.heard).toEqual(letters);
  expect(pace.isPaused()).toBe(false);
  pace.stop();
});

test('what is too much for a second waits for the next, and so does the sender; nothing is lost', async () => {
  const pace = open();
  for (const letter of letters) pace.take(letter);
  await expect.poll(() => pace.heard).toEqual(['a', 'b', 'c']);
  expect(pace.isPaused()).toBe(true);
  await expect.poll(() => pace.heard, { timeout: 5000 }).toEqual(letters);
  await expect.poll(pace.isPaused).toBe(false);
  pace.stop();
});

test('characters count as well as messages', async () => {
  const pace = open({ messages: 100, characters: 10 });
  for (const letter of letters) pace.take(letter.repeat(9));
  await expect.poll(() => pace.heard).toHaveLength(2);
  expect(pace.isPaused()).toBe(true);
  pace.stop();
});

test('the next one waits until the one before is done', async () => {
  const done = Promise.withResolvers<void>();
  const pace = open({ messages: 10, characters: 100 }, () => done.promise);
  pace.take('a');
  pace.take('b');
  await expect.poll(() => pace.heard).toEqual(['a']);
  expect(pace.isPaused()).toBe(true);
  done.resolve();
  await expect.poll(() => pace.heard).toEqual(['a', 'b']);
  await expect.poll(pace.isPaused).toBe(false);
  pace.stop();
});

test('nothing is handed on once it is stopped', async () => {
  const pace = open({ messages: 1, characters: 100 });
  pace.take('a');
  pace.take('b');
  pace.stop();
  await new Promise(resolve => setImmediate(resolve));
  expect(pace.heard).toEqual(['a']);
});
