import { createHash, randomBytes } from 'node:crypto';
import { networkOf } from '../accounts/network.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import type { ConsoleOrigin } from '../screens/console.ts';
import { endCodes, type FromPage, type FromServer, type Opening, type PageSize } from './browser-messages.ts';
import { createModes } from './modes.ts';
import type { RemoteSession, RemoteTerminal } from './remote.ts';

/** The other end of a page's connection. */
export type PageSocket = {
  /** The client's address. */
  address: string;
  /** The name of its request in the log. */
  requestId: string;
  /** Hands a message on, without waiting; `done` when the connection has taken it, or will never. */
  send: (text: string, done?: () => void) => void;
  /** Messages come one after another: the next one when the listener is done with the one before. It never rejects. */
  onMessage: (listener: (text: string) => Promise<void>) => void;
  onClose: (listener: () => void) => void;
  close: (code: number, reason: string) => void;
};

/** In bytes: nobody guesses it. */
const tokenLength = 32;

/** What is kept of a token: whoever reads the memory of the process, or a dump of it, comes to no console by it. */
const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

const originOf = ({ address, requestId }: PageSocket) => ({ address, requestId });

export const say = (socket: PageSocket, message: FromServer, done?: () => void): void =>
  socket.send(JSON.stringify(message), done);

/** A console that pages come to and lose again, one at a time. */
export type PageConsole = {
  ended: RemoteSession['ended'];
  /** The network that its page is in, or was in last. */
  network: () => string;
  /** The page that shows it; undefined while it has none. */
  page: () => PageSocket | undefined;
  /** Whether a page comes to it by this token. */
  knows: (token: string) => boolean;
  /** Gives it to a page, and takes it from the one that had it. Where that was in another network, it is locked. */
  attach: (socket: PageSocket, opening: Opening) => void;
  /** Takes what the page says whose console it is; anything of another page is left out. */
  take: (socket: PageSocket, message: FromPage) => Promise<void>;
  /** The connection of a page is gone. */
  lose: (socket: PageSocket) => void;
  /** For how long, in milliseconds, it has had no page, and for how long nobody has typed. */
  idle: () => { without: number; untyped: number };
  signedIn: () => SignedIn | undefined;
  quit: () => void;
};

/**
 * Opens a console for a page. `open` opens the session on a terminal. Throws what that throws.
 * `clock` gives milliseconds.
 */
export const openPageConsole = async (
  first: PageSocket,
  opening: Opening,
  clock: () => number,
  open: (terminal: RemoteTerminal, from: ConsoleOrigin) => Promise<RemoteSession>,
): Promise<PageConsole> => {
  /** Where the page is now, for all that is done from now on. */
  const from: ConsoleOrigin & { address: string } = { door: 'browser', ...originOf(first) };
  const modes = createModes();
  let page: PageSocket | undefined = first;
  let lostAt: number | undefined;
  let typedAt = clock();
  /** The token that was given out last and, until the page has shown that it came, the one that the page has. */
  let tokens: string[] = [];

  const terminal: RemoteTerminal = {
    size: opening,
    linear: opening.linear,
    write: (output, done) => {
      modes.watch(output);
      if (page) say(page, { output }, done);
      else done();
    },
  };
  const session = await open(terminal, from);
  const moveTo = (socket: PageSocket): void => {
    const isElsewhere = networkOf(socket.address) !== networkOf(from.address);
    Object.assign(from, originOf(socket));
    // It may be a thief with the token; who took a laptop along knows the password.
    if (isElsewhere) session.lock();
  };
  const giveToken = (socket: PageSocket, had?: string): void => {
    const token = randomBytes(tokenLength).toString('base64url');
    tokens = [token, ...(had === undefined ? [] : [had])].map(hashOf);
    say(socket, { token });
  };
  giveToken(first);
  let size: PageSize = opening;
  const resize = (now: PageSize): void => {
    if (now.columns !== size.columns || now.rows !== size.rows) session.resize(now);
    size = now;
  };

  return {
    ended: session.ended,
    network: () => networkOf(from.address),
    page: () => page,
    knows: token => tokens.includes(hashOf(token)),
    attach: (socket, now) => {
      page?.close(endCodes.takenOver, 'This console was opened in another tab');
      page = socket;
      lostAt = undefined;
      moveTo(socket);
      giveToken(socket, now.token);
      say(socket, { output: modes.again() });
      // A new size draws everything; lines have none.
      if (opening.linear) session.redraw();
      else session.resize(now);
      size = now;
    },
    take: async (socket, message) => {
      if (socket !== page) return;
      tokens = tokens.slice(0, 1);
      if ('size' in message) resize(message.size);
      if (!('keys' in message) || message.keys === '') return;
      typedAt = clock();
      await session.type(message.keys);
    },
    lose: socket => {
      if (socket !== page) return;
      page = undefined;
      lostAt = clock();
    },
    idle: () => ({ without: lostAt === undefined ? 0 : clock() - lostAt, untyped: clock() - typedAt }),
    signedIn: () => session.signedIn.get(),
    quit: session.quit,
  };
};
