import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createMessages, longMessageTime, messageTime, undoTime } from '../../src/screens/messages.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const opened = () => {
  const messages = createMessages();
  const undo = vi.fn(async () => true);
  return {
    ...messages,
    undone: undo,
    text: () => messages.shown.get()?.text,
    done: (text: string) => messages.say({ kind: 'done', text, undo }),
    note: (text: string) => messages.say({ kind: 'note', text }),
  };
};

test('a message goes by itself, and a newer one has its whole time', () => {
  const { note, text } = opened();
  note('first');
  vi.advanceTimersByTime(messageTime - 1);
  note('second');
  vi.advanceTimersByTime(messageTime - 1);
  expect(text()).toBe('second');
  vi.advanceTimersByTime(1);
  expect(text()).toBeUndefined();
});

test('what has to be seen stays longer, but not before what can be undone', () => {
  const { say, done, text } = opened();
  const failed = { kind: 'note', text: 'somebody tried', staysLong: true } as const;
  say(failed);
  vi.advanceTimersByTime(longMessageTime - 1);
  expect(text()).toBe('somebody tried');
  vi.advanceTimersByTime(1);
  expect(text()).toBeUndefined();
  done('ada is active now');
  say(failed);
  vi.advanceTimersByTime(messageTime);
  expect(text()).toBe('ada is active now');
});

test('no time passes for what cannot be seen', () => {
  const { done, note, text, canUndo, hold, release } = opened();
  done('ada is active now');
  vi.advanceTimersByTime(undoTime - messageTime - 2);
  note('first');
  vi.advanceTimersByTime(1);
  hold();
  vi.advanceTimersByTime(10 * undoTime);
  note('second');
  vi.advanceTimersByTime(10 * undoTime);
  release();
  vi.advanceTimersByTime(messageTime - 1);
  expect(text()).toBe('second');
  vi.advanceTimersByTime(1);
  expect(text()).toBe('ada is active now');
  vi.advanceTimersByTime(1);
  expect(canUndo()).toBe(false);
});

describe('what can be undone', () => {
  test('can be so for at least ten seconds, whatever is said meanwhile', () => {
    const { done, note, text, canUndo, undo, undone } = opened();
    expect(undoTime).toBeGreaterThanOrEqual(10_000);
    done('ada is active now');
    note('copied');
    expect(text()).toBe('copied');
    vi.advanceTimersByTime(messageTime);
    expect(text()).toBe('ada is active now');
    vi.advanceTimersByTime(undoTime - messageTime - 1);
    expect(canUndo()).toBe(true);
    undo();
    expect(undone).toHaveBeenCalledTimes(1);
  });

  test('not longer than it says so, and once only', () => {
    const { done, text, canUndo, undo, undone } = opened();
    done('ada is active now');
    vi.advanceTimersByTime(undoTime);
    expect(text()).toBeUndefined();
    expect(canUndo()).toBe(false);
    done('bob is active now');
    undo();
    undo();
    expect(undone).toHaveBeenCalledTimes(1);
    expect(text()).toBeUndefined();
  });

  test('is the last thing that was done', () => {
    const { done, undo, undone, text } = opened();
    done('ada is active now');
    vi.advanceTimersByTime(undoTime - 1);
    done('bob is active now');
    vi.advanceTimersByTime(undoTime - 1);
    expect(text()).toBe('bob is active now');
    undo();
    expect(undone).toHaveBeenCalledTimes(1);
  });

  test('can be so again where nothing was undone just now, but by nobody else', async () => {
    const { done, undo, undone, canUndo, clear } = opened();
    done('ada is active now');
    undone.mockResolvedValue(false);
    undo();
    expect(canUndo()).toBe(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(canUndo()).toBe(true);
    undo();
    clear();
    await vi.advanceTimersByTimeAsync(0);
    expect(canUndo()).toBe(false);
  });

  test('is gone with everything else when somebody else comes', () => {
    const { done, clear, text, canUndo } = opened();
    done('ada is active now');
    clear();
    expect(text()).toBeUndefined();
    expect(canUndo()).toBe(false);
    vi.advanceTimersByTime(undoTime);
    expect(text()).toBeUndefined();
  });
});
