import { useInput } from 'ink';
import { render } from 'ink-testing-library';
import { expect, test, vi } from 'vitest';
import { type Press, pressesOf } from '../../src/screens/press.ts';

const heard: Press[] = [];
const Listener = () => {
  useInput((input, key) => {
    heard.push(...pressesOf(input, key));
  });
  return null;
};
const { stdin } = render(<Listener />);

/** The keys of one read, after Ink has taken it apart. */
const pressed = async (read: string, count: number) => {
  heard.length = 0;
  stdin.write(read);
  await vi.waitFor(() => expect(heard.length).toBeGreaterThanOrEqual(count), { interval: 2 });
  return [...heard];
};

const single: [string, string][] = [
  ['j', 'j'],
  ['G', 'G'],
  ['?', '?'],
  [' ', 'space'],
  ['\r', 'enter'],
  ['\t', 'tab'],
  ['\x1b[Z', 'shift-tab'],
  ['\x1b', 'esc'],
  ['\x7f', 'backspace'],
  ['\x1b[3~', 'delete'],
  ['\x1b[A', 'up'],
  ['\x1b[B', 'down'],
  ['\x1b[C', 'right'],
  ['\x1b[D', 'left'],
  ['\x1bOA', 'up'],
  ['\x1b[5~', 'pageup'],
  ['\x1b[6~', 'pagedown'],
  ['\x1b[H', 'home'],
  ['\x1b[F', 'end'],
  ['\x1b[1~', 'home'],
  ['\x1b[4~', 'end'],
  ['\x03', 'ctrl-c'],
  ['\x04', 'ctrl-d'],
  ['\x0c', 'ctrl-l'],
  ['\x13', 'ctrl-s'],
  ['\x15', 'ctrl-u'],
  ['\x1a', 'ctrl-z'],
  ['\x1b\x7f', 'alt-backspace'],
  ['é', 'é'],
  ['日', '日'],
  ['🦜', '🦜'],
];

test.each(single)('%j is the key %s', async (read, name) => {
  expect((await pressed(read, 1)).map(press => press.name)).toEqual([name]);
});

test.each([
  ['ada\tpw\r', ['a', 'd', 'a', 'tab', 'p', 'w', 'enter']],
  ['jj ', ['j', 'j', 'space']],
  ['\x04\x04', ['ctrl-d', 'ctrl-d']],
  ['jj\x1b[Bj', ['j', 'j', 'down', 'j']],
  ['\x7f\x7f', ['backspace', 'backspace']],
  ['ab\x7f\x7fc', ['a', 'b', 'backspace', 'backspace', 'c']],
  ['\r\r', ['enter', 'enter']],
  ['\r\n', ['enter']],
  ['dy', ['d', 'y']],
  ['\x1b[A\x1b[A', ['up', 'up']],
  ['a\x03', ['a', 'ctrl-c']],
  ['👨‍👩‍👧é', ['👨‍👩‍👧', 'é']],
  ['Zoe\u0308', ['Z', 'o', 'e\u0308']],
])('%j in one read is %j', async (read, names) => {
  expect((await pressed(read, names.length)).map(press => press.name)).toEqual(names);
});

test('only letters type: a control character never gets into a field', async () => {
  const typed = await pressed('a b\t\x01\x00\r日\x7f', 7);
  expect(typed.map(press => press.text).join('')).toBe('a b日');
});
