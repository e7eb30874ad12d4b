import type { Keymap } from './keymap.ts';
import type { TextInput } from './text-input.ts';

/**
 * What a screen or a dialog says where it is heard and not seen. It says the same as its view, made from the same
 * state; linear.ts finds out what of it is new. Usernames are in it as they are stored.
 */
export type Spoken = {
  title: string;
  /** What a person should know before going on; said once. */
  about?: readonly string[];
  /** Said after that, without a full stop: it is there to be copied. */
  toCopy?: string | undefined;
  /**
   * What is said at first and whenever it has become something else: a count, an error, what is waited for. Undefined
   * where it is not known just now; empty where there is nothing to say, and the same thing would be new again.
   */
  news?: Readonly<Record<string, string | undefined>>;
  /** What has the cursor. */
  focus?: Thing | undefined;
  /** What is typed into. */
  field?: Field | undefined;
  /** Everything that can have the cursor, a sentence each, for who asks to hear the whole screen. */
  all?: () => readonly string[];
};

/** A user, a choice, a checkbox, a button. */
export type Thing = {
  /** Which it is: another one is said in full. */
  id: string;
  name: string;
  /**
   * What can change while it has the cursor, each in its place; only what did is said then. What is empty is not said,
   * and where something was there before, that it is so no more.
   */
  facts?: readonly string[];
  /** What is said with it and is no news: its place, what can be done with it. */
  more?: readonly string[];
};

export type Field = { id: string; label: string; hint: string; input: TextInput; isMasked?: boolean };

/** What a field holds that nobody may hear. */
export const charactersOf = ({ characters: { length } }: TextInput): string =>
  length === 1 ? '1 character' : `${length} characters`;

/** A thing as one sentence. */
export const sentenceOf = ({ name, facts = [], more = [] }: Thing): string =>
  [name, ...facts, ...more].filter(Boolean).join(', ');

/** Sentences of all things, of which one has the cursor. */
export const sentencesOf = (things: readonly Thing[], selected: string | undefined): string[] =>
  things.map(thing => sentenceOf(thing) + (thing.id === selected ? ', selected' : ''));

/** Values under their labels, as news of a screen. */
export const labelled = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([label, value]) => [label, `${label}: ${value}`]));

/** `3 of 12`, from an index. */
export const placeOf = (at: number, count: number): string => `${at + 1} of ${count}`;

/** A name that could be heard as a name and something about it is put in quotes. */
export const spokenName = (username: string): string =>
  /^[^,;:"]+$/.test(username) ? username : JSON.stringify(username);

/** What readers leave out, or say as they say another key. */
const spokenKeys: Record<string, string> = {
  '?': 'question mark',
  '/': 'slash',
  ':': 'colon',
  '*': 'star',
  esc: 'escape',
  pageup: 'page up',
  pagedown: 'page down',
};

/** A key in words. */
export const spokenKey = (key: string): string =>
  spokenKeys[key] ?? (/^[A-Z]$/.test(key) ? `shift ${key}` : key);

/** The keys of the footer, all of them: a sentence is as long as it has to be. */
export const keysSentence = (keymap: Keymap): string => {
  const shown = Object.values(keymap).filter(({ footer }) => footer !== undefined);
  return `Keys: ${shown.map(({ keys, footer }) => `${spokenKey(keys[0] ?? '')} ${footer}`).join(', ')}`;
};

/** What has become of a thing that had the cursor already; nothing where it is the same. */
export const changesOf = (before: Thing | undefined, now: Thing): string | undefined => {
  if (before?.id !== now.id || before.name !== now.name) return sentenceOf(now);
  const changed = (now.facts ?? []).flatMap((fact, at) => {
    const was = before.facts?.[at] ?? '';
    return fact === was ? [] : [fact || `not ${was}`];
  });
  return changed.length > 0 ? [now.name, ...changed].join(', ') : undefined;
};
