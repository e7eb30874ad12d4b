import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { edit, insert, type TextInput, textInput, valueOfInput } from '../../src/screens/text-input.ts';

const key = (name: string) => ({ name, text: '' });
const typed = (text: string) => ({ name: text === ' ' ? 'space' : text, text });

/** The text with `|` at the caret. */
const shown = ({ characters, caret }: TextInput) =>
  `${characters.slice(0, caret).join('')}|${characters.slice(caret).join('')}`;
/** A field from such a text. */
const from = (text: string): TextInput => {
  const [before = '', after = ''] = text.split('|');
  return { ...textInput(before + after), caret: textInput(before).characters.length };
};

describe('the keys of a field', () => {
  test.each([
    ['left', 'ab|c', 'a|bc'],
    ['left', '|abc', '|abc'],
    ['right', 'a|bc', 'ab|c'],
    ['right', 'abc|', 'abc|'],
    ['home', 'ab|c', '|abc'],
    ['end', 'a|bc', 'abc|'],
    ['backspace', 'ab|c', 'a|c'],
    ['backspace', '|abc', '|abc'],
    ['delete', 'a|bc', 'a|c'],
    ['delete', 'abc|', 'abc|'],
    ['ctrl-b', 'ab|c', 'a|bc'],
    ['ctrl-f', 'a|bc', 'ab|c'],
    ['ctrl-a', 'ab|c', '|abc'],
    ['ctrl-e', 'a|bc', 'abc|'],
    ['ctrl-d', 'a|bc', 'a|c'],
    ['ctrl-u', 'ab|c', '|c'],
    ['ctrl-k', 'a|bc', 'a|'],
    ['ctrl-w', 'one two|', 'one |'],
    ['ctrl-w', 'one two  |x', 'one |x'],
    ['ctrl-w', 'one|', '|'],
    ['alt-backspace', 'one two|', 'one |'],
    ['backspace', 'Zoe\u0308|', 'Zo|'],
    ['backspace', 'a👨‍👩‍👧|b', 'a|b'],
    ['left', '日本|', '日|本'],
    ['up', 'ab|c', 'ab|c'],
    ['alt-x', 'ab|c', 'ab|c'],
    ['f5', 'ab|c', 'ab|c'],
  ])('%s: %s becomes %s', (name, before, after) => {
    expect(shown(edit(from(before), key(name)))).toBe(after);
  });

  test('a key that does nothing gives the same input, so that nothing is drawn', () => {
    const input = from('|abc');
    expect(edit(input, key('backspace'))).toBe(input);
    expect(edit(input, key('ctrl-u'))).toBe(input);
    expect(edit(input, key('f5'))).toBe(input);
  });
});

describe('text', () => {
  test.each([
    ['typed at the caret', 'a|c', 'b', 'ab|c'],
    ['of several letters', '|', '日本', '日本|'],
    ['up to a line feed', 'a|', 'b\nc', 'ab|'],
    ['up to a return', 'a|', 'b\rc', 'ab|'],
    ['up to a tab', 'a|', 'b\tc', 'ab|'],
    ['that begins with a line break', 'a|', '\nb', 'a|'],
  ])('%s', (_, before, text, after) => expect(shown(insert(from(before), text))).toBe(after));

  test('more than 512 letters are not taken', () => {
    const full = insert(textInput('a'.repeat(500)), 'b'.repeat(500));
    expect(full.characters).toHaveLength(512);
    expect(edit(full, typed('c')).characters).toHaveLength(512);
    expect(valueOfInput(edit(edit(full, key('backspace')), typed('c'))).endsWith('bc')).toBe(true);
  });
});

test('any keys do what they do to a string with a caret in it', () => {
  const names = ['left', 'right', 'home', 'end', 'backspace', 'delete', 'ctrl-u', 'ctrl-k'] as const;
  const model = (text: string, name: string): string => {
    const [before = '', after = ''] = text.split('|');
    const results: Record<string, string> = {
      left: before ? `${before.slice(0, -1)}|${before.slice(-1)}${after}` : text,
      right: after ? `${before}${after[0]}|${after.slice(1)}` : text,
      home: `|${before}${after}`,
      end: `${before}${after}|`,
      backspace: `${before.slice(0, -1)}|${after}`,
      delete: `${before}|${after.slice(1)}`,
      'ctrl-u': `|${after}`,
      'ctrl-k': `${before}|`,
    };
    return results[name] ?? `${before}${name}|${after}`;
  };
  const anyKey = fc.oneof(fc.constantFrom(...names), fc.constantFrom('a', 'b', 'c', ' '));
  fc.assert(
    fc.property(fc.array(anyKey, { maxLength: 60 }), keysPressed => {
      let input = textInput();
      let expected = '|';
      for (const name of keysPressed) {
        input = edit(input, name.length === 1 ? typed(name) : key(name));
        expected = model(expected, name);
        expect(shown(input)).toBe(expected);
      }
    }),
  );
});
