import { graphemesOf } from '../text.ts';
import type { Press } from './press.ts';

/** What a one-line field holds: its characters as a person sees them, and where the next one goes. */
export type TextInput = { characters: readonly string[]; caret: number };

/** More than any username or password may have, so that a rule and not the field says what is too long. */
const most = 512;

export const textInput = (value = ''): TextInput => {
  const characters = graphemesOf(value);
  return { characters, caret: characters.length };
};

export const valueOfInput = ({ characters }: TextInput): string => characters.join('');

/** Puts text in at the caret; of pasted text only the first line. */
export const insert = (input: TextInput, text: string): TextInput => {
  const added = graphemesOf(text.split(/[\r\n\t]/, 1)[0] ?? '').slice(0, most - input.characters.length);
  return splice(input, input.caret, input.caret, added);
};

/** What a key does in a field; the same input where it does nothing. The keys of readline work too. */
export const edit = (input: TextInput, { name, text }: Press): TextInput => {
  const { characters, caret } = input;
  const end = characters.length;
  if (text !== '') return insert(input, text);
  switch (name) {
    case 'left':
    case 'ctrl-b':
      return { characters, caret: Math.max(0, caret - 1) };
    case 'right':
    case 'ctrl-f':
      return { characters, caret: Math.min(end, caret + 1) };
    case 'home':
    case 'ctrl-a':
      return { characters, caret: 0 };
    case 'end':
    case 'ctrl-e':
      return { characters, caret: end };
    case 'backspace':
      return splice(input, Math.max(0, caret - 1), caret);
    case 'delete':
    case 'ctrl-d':
      return splice(input, caret, Math.min(end, caret + 1));
    case 'ctrl-u':
      return splice(input, 0, caret);
    case 'ctrl-k':
      return splice(input, caret, end);
    case 'ctrl-w':
    case 'alt-backspace':
      return splice(input, wordStart(input), caret);
    default:
      return input;
  }
};

const splice = (input: TextInput, from: number, to: number, added: readonly string[] = []): TextInput => {
  if (from === to && added.length === 0) return input;
  const { characters } = input;
  return {
    characters: [...characters.slice(0, from), ...added, ...characters.slice(to)],
    caret: from + added.length,
  };
};

const wordStart = ({ characters, caret }: TextInput): number => {
  let at = caret;
  while (at > 0 && characters[at - 1] === ' ') at -= 1;
  while (at > 0 && characters[at - 1] !== ' ') at -= 1;
  return at;
};
