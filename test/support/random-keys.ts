import fc from 'fast-check';
import { expect } from 'vitest';
import { allKeys } from '../../src/screens/keymap.ts';
import { printable } from '../../src/text.ts';
import { openAccounts, superusersOf, type TestAccounts, usual } from './accounts.ts';
import { keys, openTestConsole, signInAs, type TestConsole } from './console.tsx';
import { hostile, strayBytes } from './hostile.ts';
import { addMany } from './screens.ts';

const special: Readonly<Record<string, string>> = {
  ...(Object.fromEntries(Object.entries(keys).filter(([, bytes]) => typeof bytes === 'string')) as object),
  pageup: keys.pageUp,
  pagedown: keys.pageDown,
  'shift-tab': keys.shiftTab,
  space: ' ',
};
/** The bytes of a key as the key table calls it. */
const bytesOf = (name: string): string =>
  special[name] ?? (name.startsWith('ctrl-') ? keys.ctrl(name.slice('ctrl-'.length)) : name);

const waysOut = ['q', keys.ctrl('c')];
/** Whether a console that got these keys may have ended: by a way out, or by the help, which does what is chosen. */
const mayEnd = (steps: readonly Step[]): boolean => {
  const typed = steps.filter(step => typeof step === 'string').join('');
  return /[q\x03?:]/.test(typed.replaceAll(/\x1b\[200~[\s\S]*?\x1b\[201~/g, ''));
};

const ofTheTable = [
  ...new Set(
    Object.values(allKeys)
      .flatMap(keymap => Object.values(keymap))
      .flatMap(entry => entry.keys)
      .map(bytesOf),
  ),
].filter(key => !waysOut.includes(key));
const letters = [...'abcdefghijklmnoprstuvwxyzAZ019-_.,;!"\'\\<>%$#@ éß日本🦜م\u0301\u200b'];
const controls = [...'abdefghijklmnoprtuvwxy'].map(keys.ctrl);
/** What other keyboards, mice and terminals send, and beginnings of it. */
const unknown = [
  ...['\x1bOP', '\x1b[15~', '\x1b[1;5A', '\x1b[I', '\x1b[O', '\x1b[<0;10;10M', '\x1b[M !!', '\x1b['],
  ...[
    '\x1bx',
    '\x1b\x1b',
    '\x1b\r',
    '\x1b]11;rgb:0/0/0\x07',
    '\x1bP1$r\x1b\\',
    '\0',
    '\x9b',
    '\x1b[99999999C',
  ],
];
const pasted = ['root', 'ada', usual, 'a\rb\nc', 'x'.repeat(5000), ...Object.values(hostile)].map(keys.paste);
/** What changes something, more often than chance would have it. */
const changing = [
  'a',
  's',
  ' ',
  'd',
  'y',
  'u',
  'j',
  'k',
  'x',
  'n',
  'm',
  keys.enter,
  keys.tab,
  keys.ctrl('s'),
];

const sizes = [
  { columns: 80, rows: 24 },
  { columns: 60, rows: 15 },
  { columns: 200, rows: 60 },
  { columns: 97, rows: 31 },
];
type Size = (typeof sizes)[number];

/** Some keys in one read of the terminal, or another size of it. */
type Step = string | Size;

const anyKey = fc.oneof(
  { weight: 200, arbitrary: fc.constantFrom(...ofTheTable) },
  { weight: 200, arbitrary: fc.constantFrom(...changing) },
  { weight: 60, arbitrary: fc.constantFrom(...letters) },
  { weight: 30, arbitrary: fc.constantFrom(...controls) },
  { weight: 30, arbitrary: fc.constantFrom(...unknown) },
  { weight: 30, arbitrary: fc.constantFrom(...pasted) },
  { weight: 1, arbitrary: fc.constantFrom(...waysOut) },
);
const read = fc.integer({ min: 1, max: 5 });
/** So many keys, in reads of one to five, with a few changes of the size between them. */
const stepsOf = (count: number): fc.Arbitrary<Step[]> =>
  fc
    .record({
      all: fc.array(anyKey, { minLength: count, maxLength: count }),
      reads: fc.array(read, { minLength: count, maxLength: count }),
      resizes: fc.array(fc.tuple(fc.nat(count), fc.constantFrom(...sizes)), { maxLength: 5 }),
    })
    .map(({ all, reads, resizes }) => {
      const left = [...all];
      const steps: Step[] = reads.map(size => left.splice(0, size).join('')).filter(typed => typed !== '');
      for (const [at, size] of resizes) steps.splice(at % (steps.length + 1), 0, size);
      return steps;
    });

const versionsOf = async (t: TestAccounts): Promise<Map<string, number>> => {
  const rows = await t.rows<{ id: string; version: number }>('select id, version from user');
  return new Map(rows.map(({ id, version }) => [id, version]));
};

/** What the store has to keep to, whatever is typed. */
const holdsTogether = async (t: TestAccounts, before: Map<string, number>): Promise<void> => {
  expect(await superusersOf(t)).toBeGreaterThan(0);
  const after = await versionsOf(t);
  const older = [...before].filter(([id, version]) => (after.get(id) ?? version) < version);
  expect(older).toEqual([]);
  expect(await t.rows('select id from session')).toEqual([]);
  expect(await t.rows('select id from folder where user_id not in (select id from user)')).toEqual([]);
  expect(await t.rows('pragma foreign_key_check')).toEqual([]);
  expect(await t.rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  const names = await t.rows<{ id: string; username: string }>('select id, username from user');
  const typedIn = names.filter(({ id }) => !before.has(id)).map(({ username }) => username);
  expect(typedIn.filter(name => name === '' || printable(name) !== name)).toEqual([]);
};

const isUnprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

const faultsOf = (ui: TestConsole): string[] => {
  const { cols, rows } = ui.terminal;
  if (cols < 80 || rows < 24) return ui.faults(/^Langinfra needs/, /^$/);
  // The login screen has its title in the middle.
  const faults = ui.faults(/^( +Langinfra.*)?$/);
  return /Langinfra|Locked/.test(ui.screen()) ? faults : [...faults, 'no title'];
};

/** A frame fills the terminal, in whatever state it is, and has nothing in it but letters; or the console has ended. */
const looksRight = async (ui: TestConsole): Promise<void> => {
  await ui.until(() => (ui.outcome() ? [] : faultsOf(ui))).toEqual([]);
  expect(ui.lines().filter(line => isUnprintable.test(line))).toEqual([]);
};

const type = async (ui: TestConsole, steps: readonly Step[]): Promise<void> => {
  for (const step of steps) {
    if (ui.outcome()) return;
    if (typeof step === 'string') ui.burst(step);
    else ui.resize(step);
    await new Promise(resolve => setImmediate(resolve));
  }
};

const tryKeys = async (steps: readonly Step[]): Promise<void> => {
  await using t = await openAccounts();
  await t.add('root', { isSuperuser: true });
  await t.add('ada');
  await addMany(t, Object.values(hostile));
  const before = await versionsOf(t);
  await using ui = await openTestConsole(t, { breaksLines: true, stop: async () => {} });
  await signInAs(ui, 'root', usual);
  await ui.sees('Admin Page');
  await type(ui, steps);
  // What was begun gets its turn before this.
  await t.store.write(async () => {});
  await looksRight(ui);
  if (ui.outcome()) expect(mayEnd(steps)).toBe(true);
  ui.burst(keys.ctrl('c'));
  await ui.until(ui.outcome).toEqual({});
  expect(ui.terminal.buffer.active.type).toBe('normal');
  expect(strayBytes(ui.bytes())).toEqual([]);
  await holdsTogether(t, before);
};

/**
 * Types fifty keys at random into each of so many consoles: none of them breaks, shows what it should not or ends
 * without being told to, and the store holds together. fast-check prints the seed of a failure.
 */
export const tryRandomKeys = (numRuns: number): Promise<void> =>
  fc.assert(fc.asyncProperty(stepsOf(50), tryKeys), { numRuns, endOnFailure: true });
