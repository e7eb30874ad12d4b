import chalk from 'chalk';
import { Text } from 'ink';
import { render } from 'ink-testing-library';
import { createElement, type ReactElement } from 'react';
import { vi } from 'vitest';
import type { Size } from '../../src/screens/layer.ts';
import { newId, timestampOf } from '../../src/store/values.ts';
import { type OpenOptions, openAccounts, type TestAccounts, usual } from './accounts.ts';
import { type ConsoleTestOptions, openTestConsole, signInAs } from './console.tsx';

/** Adds many users in one go, active and without a password: they are there to be listed. */
export const addMany = (t: TestAccounts, usernames: readonly string[]): Promise<void> =>
  t.store.write(async tx => {
    const now = timestampOf(t.clock());
    const flags = { isActive: true, isSuperuser: false, isAutomatic: false };
    for (const username of usernames)
      await tx.users.insert({ id: newId(), username, password: '', passwordCost: 0, ...flags, now });
  });

/** `user001`, `user002`, … */
export const numbered = (count: number, from = 1): string[] =>
  Array.from({ length: count }, (_, at) => `user${String(at + from).padStart(3, '0')}`);

let librarysTerminal: object | undefined;

/** What every stdout of the library inherits from. */
const terminalOfLibrary = (): object => {
  // It has no rows: without these Ink would start a program for each frame that asks the real terminal.
  vi.stubEnv('COLUMNS', '80');
  vi.stubEnv('LINES', '24');
  librarysTerminal ??= Object.getPrototypeOf(render(createElement(Text)).stdout) as object;
  vi.unstubAllEnvs();
  return librarysTerminal;
};

/** Draws without styles, at a size of our choice; the library has 100 columns. */
export const renderAt = ({ columns, rows }: Size, node: ReactElement) => {
  chalk.level = 0;
  Object.defineProperty(terminalOfLibrary(), 'columns', { value: columns, configurable: true });
  Object.defineProperty(terminalOfLibrary(), 'rows', { value: rows, configurable: true });
  return render(node);
};

export type AdminConsoleOptions = ConsoleTestOptions &
  OpenOptions & {
    /** Ordinary users beside root, who can sign in with the usual password. */
    users?: readonly string[];
    /** Further users, of whom nobody signs in. */
    listed?: readonly string[];
    /** The automatic account instead of root; needs the setting. */
    signedIn?: 'automatic';
  };

/** A console with the Admin Page before it, on which the superuser `root` has signed in. */
export const openAdminPage = async (options: AdminConsoleOptions = {}) => {
  const t = await openAccounts(options);
  const root = await t.add('root', { isSuperuser: true });
  for (const username of options.users ?? []) await t.add(username);
  if (options.listed) await addMany(t, options.listed);
  if (options.signedIn === 'automatic') await t.accounts.bootstrap.prepare(undefined);
  const ui = await openTestConsole(t, options);
  if (options.signedIn !== 'automatic') await signInAs(ui, 'root', usual);
  await ui.sees(/Admin Page[\s\S]*\n[›>] /);
  return {
    t,
    ui,
    root,
    /** The usernames on the screen, from the top. */
    names: () => [...ui.screen().matchAll(/^[› ][* ](\S+) .*\[[x ]\]/gm)].map(([, name]) => name),
    /** The row under the cursor. */
    chosen: () => ui.lines().find(line => line.startsWith('›')) ?? '',
    /** The user of that name as the store holds it now. */
    find: async (username: string) => (await t.store.read.users.findByName(username))?.user,
    [Symbol.asyncDispose]: async () => {
      await ui[Symbol.asyncDispose]();
      await t[Symbol.asyncDispose]();
    },
  };
};

export type AdminConsole = Awaited<ReturnType<typeof openAdminPage>>;
