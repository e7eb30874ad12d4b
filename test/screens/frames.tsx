import { expect, vi } from 'vitest';
import { App } from '../../src/screens/app.tsx';
import type { Size } from '../../src/screens/layer.ts';
import { openConsole } from '../../src/screens/open-console.tsx';
import { type OpenOptions, openAccounts, type TestAccounts, usual } from '../support/accounts.ts';
import { keys } from '../support/console.tsx';
import { renderAt } from '../support/screens.ts';

/** A frame that is easy to read: no blanks at the ends of its lines, and one line for a block of empty ones. */
const readable = (frame: string): string =>
  frame
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n')
    .replaceAll(/\n{4,}/g, lines => `\n(${lines.length - 1} empty lines)\n`);

export type FrameOptions = OpenOptions & {
  overSsh?: boolean;
  notices?: readonly string[];
  size?: Size;
  /** Makes the users before the console opens. */
  before?: (t: TestAccounts) => Promise<unknown>;
};

/** A console whose frames are compared as they are: its clock stands, and its users have ids that we chose. */
export const openFrames = async ({
  overSsh = false,
  notices = [],
  size = { columns: 80, rows: 24 },
  before,
  ...options
}: FrameOptions = {}) => {
  const t = await openAccounts({ at: '2026-03-01T10:00:00Z', ...options });
  await before?.(t);
  const host = {
    send: () => {},
    redraw: () => {},
    stop: undefined,
    overSsh,
    envFile: undefined,
    variables: {},
    quit: () => {},
  };
  const { console, start, close } = openConsole({ accounts: t.accounts, notices, size, host });
  await start();
  const app = renderAt(size, <App console={console} />);
  return {
    type: (...typed: string[]) => app.stdin.write(typed.join('')),
    /** The frame, as soon as it has that text. */
    frame: async (text: string | RegExp) => {
      await vi.waitFor(() => expect(app.lastFrame()).toMatch(text), { interval: 5, timeout: 3000 });
      return readable(app.lastFrame() ?? '');
    },
    [Symbol.asyncDispose]: async () => {
      app.unmount();
      await close();
      await t[Symbol.asyncDispose]();
    },
  };
};

/** root, and two users who have never signed in. */
export const threeUsers = async (t: TestAccounts): Promise<void> => {
  await t.add('root', { isSuperuser: true });
  const flags = { isSuperuser: false, isAutomatic: false };
  const row = { password: '', passwordCost: 0, now: '2026-02-14T08:30:00.000000Z', ...flags };
  await t.store.write(async tx => {
    await tx.users.insert({ id: '0a'.repeat(16), username: 'ada', isActive: true, ...row });
    await tx.users.insert({ id: '0b'.repeat(16), username: 'bob', isActive: false, ...row });
  });
};

/** The Admin Page, with three users, as root sees it. */
export const openAdminFrames = async (options: FrameOptions = {}) => {
  const frames = await openFrames({ before: threeUsers, ...options });
  frames.type('root', keys.enter, usual, keys.enter);
  await frames.frame('1 of 3');
  return frames;
};
