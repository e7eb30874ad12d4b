import type { Key } from 'ink';
import { graphemesOf } from '../text.ts';

/**
 * One key: its name as the key table has it (`j`, `G`, `down`, `ctrl-s`, `space`, `enter`), and the text it types,
 * empty for a key that types none.
 */
export type Press = { name: string; text: string };

const named = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
] as const satisfies readonly (readonly [keyof Key, string])[];

/**
 * The keys of one read of the terminal. What arrives together comes as one input (`jj `, `pw` and a return), of
 * which Ink splits escape sequences only.
 */
export const pressesOf = (input: string, key: Key): Press[] => {
  if (input.length > 1 && !key.ctrl && !key.meta)
    return graphemesOf(input.replaceAll('\r\n', '\r')).flatMap(ofCharacter);
  if (key.tab) return [{ name: key.shift ? 'shift-tab' : 'tab', text: '' }];
  const special = named.find(([flag]) => key[flag]);
  if (special)
    return [{ name: key.meta && special[1] !== 'esc' ? `alt-${special[1]}` : special[1], text: '' }];
  if (key.ctrl) return [{ name: `ctrl-${input}`, text: '' }];
  // Esc and the next key in one read look like alt and that key, which does nothing here.
  if (key.meta) return [{ name: 'esc', text: '' }, ...ofCharacter(input)];
  return ofCharacter(input);
};

const ofCharacter = (character: string): Press[] => {
  if (character === '\r' || character === '\n') return [{ name: 'enter', text: '' }];
  if (character === '\t') return [{ name: 'tab', text: '' }];
  if (character === ' ') return [{ name: 'space', text: ' ' }];
  if (character === '\x7f') return [{ name: 'backspace', text: '' }];
  const code = character.charCodeAt(0);
  if (code > 0 && code < 27) return [{ name: `ctrl-${String.fromCharCode(code + 96)}`, text: '' }];
  return character === '' || code < 32 ? [] : [{ name: character, text: character }];
};
