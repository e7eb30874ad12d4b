import type { ReactNode } from 'react';
import type { Keymap } from './keymap.ts';
import type { Derived } from './observable.ts';
import type { Press } from './press.ts';
import type { Spoken } from './spoken.ts';

export type Size = {
  columns: number;
  rows: number;
  /** Lines at the top that no dialog covers: the heading and the banner; the first alone where it is not said. */
  uncovered?: number;
};

/** What every screen needs at least, so that all words of the forms and dialogs fit. */
export const leastSize: Size = { columns: 80, rows: 24 };

export const isTooSmall = ({ columns, rows }: Size): boolean =>
  columns < leastSize.columns || rows < leastSize.rows;

/**
 * A screen, or a dialog over it. It holds what it remembers and what its keys do; its view only draws that. The
 * uppermost layer gets every key.
 */
export type Layer = {
  readonly keymap: Keymap;
  /** A whole screen: what lies below it is not drawn. */
  readonly covers?: true;
  press: (press: Press) => void;
  /**
   * What has to be done before the next key can mean what the person who pressed it meant: the reading that brings
   * the cursor where the last key sent it. Keys wait for it, in order.
   */
  settling?: () => Promise<void> | undefined;
  /** Pasted text, in one piece. A layer without fields takes none. */
  paste?: (text: string) => void;
  /** Runs an action of the keymap, for the help. */
  run?: (action: string) => void;
  /** Why an action cannot run now; nothing where it can. */
  whyNot?: (action: string) => string | undefined;
  /** The `langinfra` command that does the same as an action; nothing where there is none. */
  command?: (action: string) => string | undefined;
  /** Where there is none: what is said in its place. */
  instead?: (action: string) => string | undefined;
  view: (size: Size) => ReactNode;
  /** The same in sentences; nothing while there is nothing to see either. */
  readonly spoken: Derived<Spoken | undefined>;
  /** Told when it is hidden, by a whole screen above it or by the lock screen, and when it is seen again. */
  seen?: (isSeen: boolean) => void;
  /** Takes back the work that it has begun, where that can be. */
  takeBack?: () => void;
  /** Stops what the layer started: subscriptions and timers. */
  close?: () => void;
};

/** Of layers one over the other, those that no whole screen hides. */
export const uncovered = (layers: readonly Layer[]): readonly Layer[] =>
  layers.slice(layers.findLastIndex(layer => layer.covers));
