import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Accounts } from '../accounts/accounts.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { Refusal } from '../refusal.ts';
import type { ConsoleOrigin } from '../screens/console.ts';
import type { Size } from '../screens/layer.ts';
import type { SshPlace } from '../screens/ssh-place.ts';
import { openSession, type TerminalSession } from './session.tsx';
import { TtyIn } from './tty.ts';

/** A terminal at the other end of a connection. */
export type RemoteTerminal = {
  /** Hands bytes on, without waiting; `done` when the client has taken them. */
  write: (chunk: string, done: () => void) => void;
  size: Partial<Size>;
  /** Whether it gets no colours. */
  colourless?: boolean;
  /** Whether it gets ASCII only. */
  ascii?: boolean;
  /** Whether the console is said line by line. */
  linear?: boolean;
};

export type RemoteSessionOptions = {
  accounts: Accounts;
  terminal: RemoteTerminal;
  /** The door and the client's address, for the audit and for holding up who guesses. */
  from: ConsoleOrigin;
  /** Where the client has reached the SSH door. */
  ssh?: SshPlace | undefined;
  /** Who has signed in at the door; without, the console asks. */
  signedIn?: SignedIn | undefined;
  notices?: readonly string[];
};

export type RemoteSession = Pick<
  TerminalSession,
  'ended' | 'lock' | 'quit' | 'fail' | 'drop' | 'notify' | 'resize' | 'redraw' | 'signedIn'
> & {
  /** Takes keys. Resolves when the next ones may come: a door that does not wait keeps them all in memory. */
  type: (keys: string | Uint8Array) => Promise<void>;
};

type Listener = Parameters<Accounts['onChange']>[0];

/** Keys go to the console in pieces of so many bytes, and other sessions have their turn in between. */
const pieceSize = 1024;
/** So many keys may wait for what the ones before them have begun. */
const mostWaiting = 1000;
/** A client may say another size for each pixel its window is dragged; each costs a whole frame. In milliseconds. */
const sizeEvery = 30;
/** A paste without an end is collected until its end; longer ones, in bytes, are nobody's who means well. */
const longestPaste = 1_000_000;
const pasteBegins = '\x1b[200~';
const pasteEnds = '\x1b[201~';

/**
 * One console on one remote terminal, of the many in this process: whatever goes wrong ends this one alone. It cannot be
 * suspended, and it is dropped where the client leaves 1 MB unread. Rejects where it cannot be opened.
 */
export const openRemoteSession = async ({
  accounts,
  terminal,
  from,
  ssh,
  signedIn,
  notices = [],
}: RemoteSessionOptions): Promise<RemoteSession> => {
  const stdin = new TtyIn();
  let opened: TerminalSession | undefined;
  /** Changes are told by whoever made them: what a listener throws then is not for them, nor for the next listener. */
  const guarded = (listener: Listener): Listener =>
    AsyncLocalStorage.bind(change => {
      try {
        listener(change);
      } catch (error) {
        opened?.fail(error instanceof Error ? error : new Error(String(error)));
      }
    });
  const own: Accounts = {
    ...accounts,
    onChange: listener => accounts.onChange(guarded(listener)),
    sessions: {
      ...accounts.sessions,
      follow: (who, look) => accounts.sessions.follow(who, guarded(look)),
    },
  };
  const session = await openSession(own, notices, {
    stdin,
    // No terminal driver stands here that would add the CR.
    write: (chunk, done) => terminal.write(chunk.replace(/\r?\n/g, '\r\n'), done),
    size: terminal.size,
    overSsh: from.door === 'ssh',
    ssh,
    colourless: terminal.colourless ?? false,
    ascii: terminal.ascii,
    linear: terminal.linear,
    from,
    signedIn,
    isDroppedBehind: true,
  });
  opened = session;
  let isOver = false;
  let nextSize: Partial<Size> | undefined;
  const ended = session.ended.finally(() => {
    isOver = true;
    stdin.destroy();
  });
  const paste = measurePaste();
  // What a key sets off is the session's, whoever hands the key on.
  const within = AsyncLocalStorage.snapshot();

  return {
    ended,
    lock: session.lock,
    quit: session.quit,
    fail: session.fail,
    drop: session.drop,
    notify: session.notify,
    redraw: session.redraw,
    signedIn: session.signedIn,
    type: async keys => {
      const bytes = Buffer.from(keys);
      for (let at = 0; at < bytes.length && !isOver; at += pieceSize) {
        const piece = bytes.subarray(at, at + pieceSize);
        if (paste(piece.toString('latin1')) > longestPaste)
          return session.fail(new Refusal('paste_too_long'));
        within(() => stdin.write(piece));
        await setImmediate();
        while (!isOver && session.backlog() > mostWaiting) await setTimeout(1);
      }
    },
    resize: size => {
      const isWaiting = nextSize !== undefined;
      nextSize = size;
      if (isWaiting) return;
      void setTimeout(sizeEvery).then(() => {
        const last = nextSize;
        nextSize = undefined;
        if (last && !isOver) session.resize(last);
      });
    },
  };
};

/** Gives, piece by piece, how much of a paste that has not ended has come so far. */
const measurePaste = (): ((piece: string) => number) => {
  let length = 0;
  let isOpen = false;
  // A sequence may be cut in two.
  let before = '';
  return piece => {
    const text = before + piece;
    const [begins, ends] = [text.lastIndexOf(pasteBegins), text.lastIndexOf(pasteEnds)];
    if (begins !== ends) {
      isOpen = begins > ends;
      length = 0;
    }
    if (isOpen) length += piece.length;
    before = text.slice(1 - pasteBegins.length);
    return length;
  };
};
