import {
  beatEvery,
  endCodes,
  type FromPage,
  type FromServer,
  keptFor,
  type PageSize,
  serverStops,
} from '../terminals/browser-messages.ts';
import { inPieces } from './pieces.ts';

/** How long to wait, in milliseconds, before the first try to come back, and before each of the later ones at most. */
const waits = { first: 250, longest: 4000 };
/** So long, in milliseconds, a try may take. */
const tryTime = 8000;
/** A connection on which nothing was heard for so long, in milliseconds, is none any more. */
const silentTime = 2.5 * beatEvery;
/** Of RFC 6455: the connection broke. */
const lostCode = 1006;

const isEnd = (code: number): boolean => Object.values<number>(endCodes).includes(code);

/**
 * The token of the console, which a reload of the page finds again. Another tab has another, and so has the console that is
 * said line by line.
 */
const createTokens = (linear: boolean) => {
  const name = linear ? 'console-lines' : 'console';
  return {
    get: (): string | undefined => sessionStorage.getItem(name) ?? undefined,
    set: (token: string): void => sessionStorage.setItem(name, token),
    forget: (): void => sessionStorage.removeItem(name),
  };
};

type ConnectionOptions = {
  linear: boolean;
  size: () => PageSize;
  /** The page has its console. */
  attached: () => void;
  output: (text: string) => void;
  /** What is to be said of the connection; nothing where all is well. */
  status: (text: string) => void;
  /** The console has ended, or cannot be come back to. The reason, where there is more to say than that. */
  ended: (reason: string) => void;
};

/** The connection to the console, which comes back by itself as long as the console waits for it. */
export const openConnection = ({ linear, size, attached, output, status, ended }: ConnectionOptions) => {
  const tokens = createTokens(linear);
  let socket: WebSocket | undefined;
  let isAttached = false;
  let heardAt = 0;
  /** When the connection was lost, how often it was tried since, and what is said of it. */
  let lost: { at: number; tries: number; because: string } | undefined;
  let nextTry: number | undefined;
  /** What was typed while the first connection, or a new console, was on its way. */
  let early = '';

  const send = (message: FromPage): void => socket?.send(JSON.stringify(message));

  const end = (reason: string): void => {
    tokens.forget();
    early = '';
    lost = undefined;
    status('');
    ended(reason);
  };
  const hear = (message: FromServer): void => {
    heardAt = Date.now();
    if ('output' in message) output(message.output);
    if (!('token' in message)) return;
    tokens.set(message.token);
    isAttached = true;
    lost = undefined;
    status('');
    attached();
    type(early);
    early = '';
  };
  /** While the connection is lost so is what is typed: nobody sees what becomes of it. */
  const type = (keys: string): void => {
    if (isAttached) for (const piece of inPieces(keys)) send({ keys: piece });
    else if (!lost) early += keys;
  };
  const closed = ({ code, reason }: { code: number; reason: string }): void => {
    socket = undefined;
    isAttached = false;
    if (isEnd(code)) end(reason);
    else comeBack(code === serverStops ? 'The server stopped' : 'The connection was lost');
  };
  const comeBack = (because: string): void => {
    lost ??= { at: Date.now(), tries: 0, because };
    if (Date.now() - lost.at > keptFor) {
      end('The server cannot be reached');
      return;
    }
    status(`${lost.because}. Reconnecting...`);
    nextTry = window.setTimeout(connect, Math.min(waits.longest, waits.first * 2 ** lost.tries));
    lost.tries += 1;
  };
  const connect = (): void => {
    clearTimeout(nextTry);
    const address = new URL('/admin/socket', location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    const tried = new WebSocket(address);
    socket = tried;
    heardAt = Date.now();
    const giveUp = setTimeout(abandon, tryTime);
    tried.onopen = () => send({ open: { ...size(), linear, token: tokens.get() } });
    tried.onmessage = ({ data }) => {
      clearTimeout(giveUp);
      if (socket === tried) hear(JSON.parse(data));
    };
    tried.onclose = event => {
      clearTimeout(giveUp);
      if (socket === tried) closed(event);
    };
  };
  /** Waits no longer for a connection that may take minutes to find out that it is broken. */
  const abandon = (): void => {
    const broken = socket;
    if (!broken) return;
    closed({ code: lostCode, reason: '' });
    broken.close();
  };
  const hurry = (): void => {
    if (lost && !socket) connect();
  };

  setInterval(() => {
    if (Date.now() - heardAt > silentTime) abandon();
  }, 1000);
  addEventListener('offline', abandon);
  addEventListener('online', hurry);
  document.addEventListener('visibilitychange', hurry);

  return {
    /** Comes to the console whose token the page has, or to a new one. */
    connect,
    /** Sends keys, or pasted text. */
    type,
    resize: (size: PageSize): void => {
      if (isAttached) send({ size });
    },
  };
};
