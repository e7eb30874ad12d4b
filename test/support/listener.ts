import { expect } from 'vitest';
import type { OpenOptions } from './accounts.ts';
import { openAccounts, usual } from './accounts.ts';
import { type ConsoleTestOptions, keys, openTestConsole } from './console.tsx';
import { addMany } from './screens.ts';

const isAt = (text: string, part: string | RegExp, from: number): [at: number, end: number] | undefined => {
  const rest = text.slice(from);
  const at = typeof part === 'string' ? rest.indexOf(part) : rest.search(part);
  if (at < 0) return undefined;
  const length = typeof part === 'string' ? part.length : (rest.slice(at).match(part)?.[0].length ?? 0);
  return [from + at, from + at + length];
};

export type ListenerOptions = ConsoleTestOptions &
  OpenOptions & {
    users?: readonly string[];
    listed?: readonly string[];
  };

/** A console that is heard, and what somebody hears of it who cannot see it. */
export const openListener = async ({ users = [], listed = [], ...options }: ListenerOptions = {}) => {
  const t = await openAccounts(options);
  const root = await t.add('root', { isSuperuser: true });
  for (const username of users) await t.add(username);
  await addMany(t, listed);
  const ui = await openTestConsole(t, { ...options, linear: true });
  let heard = 0;
  const hears = async (...parts: (string | RegExp)[]): Promise<void> => {
    for (const part of parts) {
      // A failure shows what was said instead.
      await ui.until(() => (isAt(ui.bytes(), part, heard) ? 'heard' : ui.bytes().slice(heard))).toBe('heard');
      heard = isAt(ui.bytes(), part, heard)?.[1] ?? heard;
    }
  };
  return {
    t,
    ui,
    root,
    press: ui.press,
    /** Waits until these were said, one after the other, after all that was heard so far. */
    hears,
    signIn: async () => {
      ui.burst('root', keys.enter);
      await hears('Password, hidden text: ');
      ui.burst(usual, keys.enter);
      await hears('Admin Page.\n', /\n\d+ users?\.\n/);
    },
    /** Nothing but text and ends of lines: no cursor is moved, nothing is coloured, no other screen is taken. */
    expectText: () => expect(ui.bytes()).toMatch(/^[^\x00-\x09\x0b-\x1f\x7f-\x9f]*$/),
    [Symbol.asyncDispose]: async () => {
      await ui[Symbol.asyncDispose]();
      await t[Symbol.asyncDispose]();
    },
  };
};
