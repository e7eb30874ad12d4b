import headless from '@xterm/headless';
import { expect } from 'vitest';
import type { SignedIn } from '../../src/accounts/sessions.ts';
import type { ConsoleOrigin } from '../../src/screens/console.ts';
import type { Size } from '../../src/screens/layer.ts';
import { openRemoteSession, type RemoteTerminal } from '../../src/terminals/remote.ts';
import type { TestAccounts } from './accounts.ts';

const { Terminal } = headless;

export type RemoteTestOptions = Partial<Omit<RemoteTerminal, 'write'>> & {
  signedIn?: SignedIn;
  from?: ConsoleOrigin;
  /** The client reads nothing from the beginning on. */
  stalls?: boolean;
  /** Called with all that is sent; what it throws is thrown inside the session. */
  onBytes?: (chunk: string) => void;
};

export const usualOrigin: ConsoleOrigin = { door: 'ssh', address: '192.0.2.7' };

/** A console on a terminal at the other end of a connection. */
export const openRemote = async (t: Pick<TestAccounts, 'accounts'>, options: RemoteTestOptions = {}) => {
  const { size = { columns: 80, rows: 24 }, from = usualOrigin, signedIn, stalls, onBytes } = options;
  // It gets what it is sent as it is: nothing adds a CR.
  const terminal = new Terminal({ cols: 80, rows: 24, allowProposedApi: true });
  let bytes = '';
  const session = await openRemoteSession({
    accounts: t.accounts,
    from,
    signedIn,
    terminal: {
      ...options,
      size,
      write: (chunk, done) => {
        onBytes?.(chunk);
        bytes += chunk;
        if (!stalls) terminal.write(chunk, done);
      },
    },
  });
  const screen = (): string =>
    Array.from(
      { length: terminal.rows },
      (_, y) => terminal.buffer.active.getLine(y)?.translateToString(true) ?? '',
    )
      .join('\n')
      .trimEnd();
  return {
    session,
    terminal,
    screen,
    bytes: () => bytes,
    sees: (text: string | RegExp) => expect.poll(screen, { interval: 5, timeout: 10_000 }).toMatch(text),
    resize: ({ columns, rows }: Size) => {
      terminal.resize(columns, rows);
      session.resize({ columns, rows });
    },
    [Symbol.asyncDispose]: async () => {
      session.drop();
      await session.ended.catch(() => {});
      terminal.dispose();
    },
  };
};
