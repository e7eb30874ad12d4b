import { createContext, useContext } from 'react';

/**
 * Everything the screens are drawn with that is no ASCII: as most terminals have it, and what takes its place on the
 * others. Sentences need none of it, so there is nothing in them to replace, and nobody's name is changed by it.
 */
const table = {
  /** Before what has the focus. */
  marker: ['›', '>'],
  separator: ['·', '|'],
  /** Where a text was cut. One cell. */
  cut: ['…', '~'],
  /** In place of a number that is not known yet. */
  unknown: ['…', '?'],
  masked: ['•', '*'],
  /** In place of a character that must not reach a terminal. */
  unprintable: ['·', '?'],
  above: ['↑', '^'],
  below: ['↓', 'v'],
  keyUp: ['↑', 'Up'],
  keyDown: ['↓', 'Down'],
  keyLeft: ['←', 'Left'],
  keyRight: ['→', 'Right'],
  /** Two halves of a cell one above the other: none drawn, the upper, the lower, both. ASCII has nothing like it. */
  blocks: [' ▀▄█', ''],
  /** A border style of Ink. */
  border: ['round', 'classic'],
} as const;

type Table = typeof table;
export type Symbols = { readonly [Name in keyof Table]: Table[Name][number] };

const column = (at: 0 | 1): Symbols =>
  Object.fromEntries(Object.entries(table).map(([name, both]) => [name, both[at]])) as Symbols;

const unicode = column(0);
const ascii = column(1);

/** The symbols of a session. */
export const symbolsOf = (isAscii: boolean): Symbols => (isAscii ? ascii : unicode);

/** Two sessions of one process may differ. */
export const SymbolsContext = createContext(unicode);
export const useSymbols = (): Symbols => useContext(SymbolsContext);
