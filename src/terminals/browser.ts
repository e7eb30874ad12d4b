import type { Accounts } from '../accounts/accounts.ts';
import { networkOf } from '../accounts/network.ts';
import { Refusal, type RefusalCode } from '../refusal.ts';
import { beatEvery, endCodes, keptFor, type Opening, serverStops } from './browser-messages.ts';
import { openPageConsole, type PageConsole, type PageSocket, say } from './page-console.ts';
import { readMessage } from './page-message.ts';
import type { RemoteSession } from './remote.ts';
import type { Sessions } from './sessions.ts';

export type BrowserDoorOptions = {
  accounts: Accounts;
  /** The places that the sessions of all remote doors take. */
  sessions: Sessions;
  /** Told of what broke, where that ends a console. */
  complain: (error: Error) => void;
};

export type BrowserDoor = ReturnType<typeof createBrowserDoor>;

/** So long, in milliseconds, a page may take to say what it wants. */
const openingTime = 10_000;
/** So long, in milliseconds after the last key, a console waits for somebody who signs in: it takes a place. */
const signInTime = 10 * 60_000;
/** So many consoles, of all the places there are, may be open without anybody signed in. */
const mostUnknown = 50;
/** So long, in milliseconds, nobody has typed on a page that gives its place to another: who signs in is left alone. */
const leastIdle = 15_000;
/** So many pages may be connected that have not said yet what they want: of all, and of one network. */
const mostWaiting = { inAll: 500, ofOne: 50 };
/** So often, in milliseconds, it is looked for consoles that nobody comes back to. */
const lookEvery = 500;

/**
 * The consoles that pages show, each over a connection that may be lost: then its console waits for the page to come back.
 * Nobody is known here by a cookie. The console signs people in itself; automatic sign-in is as everywhere over HTTP.
 */
export const createBrowserDoor = ({ accounts, sessions, complain }: BrowserDoorOptions) => {
  const consoles = new Set<PageConsole>();
  const waiting = new Set<PageSocket>();
  let opening = 0;
  let isStopping = false;
  const clock = (): number => accounts.clock().getTime();

  const look = setInterval(() => {
    for (const console of consoles) {
      const { without, untyped } = console.idle();
      if (without >= keptFor || (untyped >= signInTime && !console.signedIn())) console.quit();
    }
  }, lookEvery);
  look.unref();

  /** Ends a connection: for the reason in the error, or because it is over. */
  const part = (socket: PageSocket, error?: Error): void => {
    const isRefused = error instanceof Refusal;
    if (error && !isRefused) complain(error);
    if (isStopping) socket.close(serverStops, 'The server stopped');
    else if (isRefused && fullCodes.includes(error.code)) close(socket, endCodes.full, error.message);
    else
      close(socket, error && !isRefused ? endCodes.failed : endCodes.ended, isRefused ? error.message : '');
  };
  const ended = (console: PageConsole, error: Error | undefined): void => {
    consoles.delete(console);
    const page = console.page();
    if (page) part(page, error);
    else if (error && !(error instanceof Refusal)) complain(error);
  };

  /** What a key sets off is the session's, whichever connection brought the key. */
  const guarded = (session: RemoteSession): RemoteSession => ({
    ...session,
    type: keys => {
      const { promise, resolve } = Promise.withResolvers<void>();
      sessions.guard(session.fail, () => resolve(session.type(keys)));
      return promise;
    },
  });

  const open = async (socket: PageSocket, wants: Opening): Promise<PageConsole> => {
    const unknown = [...consoles].filter(console => !console.signedIn()).length;
    if (unknown + opening >= mostUnknown) throw new Refusal('too_many_consoles');
    opening += 1;
    try {
      // Ink and React are loaded with the first console.
      const { openRemoteSession } = await import('./remote.ts');
      const console = await openPageConsole(socket, wants, clock, async (terminal, from) =>
        guarded(
          await sessions.open(networkOf(socket.address), () =>
            openRemoteSession({ accounts, terminal, from }),
          ),
        ),
      );
      consoles.add(console);
      console.ended.then(
        ({ error }) => ended(console, error),
        (error: Error) => ended(console, error),
      );
      return console;
    } finally {
      opening -= 1;
    }
  };

  const isLockable = (console: PageConsole): boolean => {
    const who = console.signedIn();
    return who !== undefined && !accounts.sessionLock.whyNot(who.user) && !accounts.sessionLock.endsIdle(who);
  };

  /** A page that was closed has left its console behind: the oldest of them that is nobody's makes room. */
  const leftBehind = (isOne: (console: PageConsole) => boolean): PageConsole | undefined =>
    [...consoles].find(console => !console.page() && !isSomebodys(console) && isOne(console));

  /** The page at which nobody has signed in, nor typed for the longest: of the network that has most of them. */
  const longestIdle = (): PageConsole | undefined => {
    const unknown = [...consoles].filter(console => !console.signedIn());
    const ofNetwork = (network: string): number => unknown.filter(each => each.network() === network).length;
    return unknown
      .filter(console => console.idle().untyped >= leastIdle)
      .map(console => ({ console, among: ofNetwork(console.network()), untyped: console.idle().untyped }))
      .sort((one, other) => other.among - one.among || other.untyped - one.untyped)[0]?.console;
  };

  const makeRoom = async (console: PageConsole | undefined): Promise<boolean> => {
    console?.quit();
    await console?.ended;
    return console !== undefined;
  };

  /** Gives nothing where the console that the page had is gone. One that cannot be locked stays in its network. */
  const comeIn = async (socket: PageSocket, wants: Opening): Promise<PageConsole | undefined> => {
    const { token } = wants;
    const isNear = (console: PageConsole): boolean => console.network() === networkOf(socket.address);
    if (token !== undefined) {
      const kept = [...consoles].find(console => console.knows(token) && console.idle().without < keptFor);
      if (!kept) return undefined;
      if (isNear(kept) || isLockable(kept)) {
        kept.attach(socket, wants);
        return kept;
      }
      // It has no password to ask for: another begins.
      kept.quit();
    }
    try {
      return await open(socket, wants);
    } catch (error) {
      const code = error instanceof Refusal ? error.code : undefined;
      const giving =
        code === 'too_many_consoles'
          ? (leftBehind(() => true) ?? longestIdle())
          : code === 'too_many_own_consoles'
            ? leftBehind(isNear)
            : undefined;
      if (await makeRoom(giving)) return open(socket, wants);
      throw error;
    }
  };

  return {
    /** How many consoles are open, those included whose page is away for a moment. */
    count: (): number => consoles.size,

    /** Takes a page that has connected. */
    enter: (socket: PageSocket): void => {
      const network = networkOf(socket.address);
      const fromThere = [...waiting].filter(({ address }) => networkOf(address) === network).length;
      if (waiting.size >= mostWaiting.inAll || fromThere >= mostWaiting.ofOne)
        return void part(socket, new Refusal('too_many_consoles'));
      waiting.add(socket);
      /** A connection that is being closed may bring messages still. */
      let isOver = false;
      const misspoke = (): void => {
        isOver = true;
        socket.close(endCodes.misspoken, '');
      };
      const late = setTimeout(misspoke, openingTime);
      const beat = setInterval(() => say(socket, { beat: true }), beatEvery);
      let console: PageConsole | undefined;
      let isGone = false;
      const arrive = async (wants: Opening): Promise<void> => {
        clearTimeout(late);
        try {
          console = await comeIn(socket, wants);
          isOver = !console;
          if (!console) part(socket);
          else if (isGone) console.lose(socket);
        } catch (error) {
          isOver = true;
          part(socket, error instanceof Error ? error : new Error(String(error)));
        } finally {
          waiting.delete(socket);
        }
      };
      socket.onClose(() => {
        isGone = true;
        clearTimeout(late);
        clearInterval(beat);
        waiting.delete(socket);
        console?.lose(socket);
      });
      socket.onMessage(async text => {
        if (isOver) return;
        const message = readMessage(text);
        if (!message || 'open' in message !== (console === undefined)) misspoke();
        else if ('open' in message) await arrive(message.open);
        else await console?.take(socket, message);
      });
    },

    /** From now on whoever is connected hears that the server stopped, when its console ends. */
    stop: (): void => {
      isStopping = true;
      clearInterval(look);
    },
  };
};

/** Whether somebody has signed in there; the automatic account is nobody. */
const isSomebodys = (console: PageConsole): boolean => console.signedIn()?.user.isAutomatic === false;

/** What a refusal says that means: another time. */
const fullCodes: readonly string[] = [
  'too_many_consoles',
  'too_many_own_consoles',
  'server_stopping',
] satisfies RefusalCode[];

/** A reason has 123 bytes at the most (RFC 6455, section 5.5), and half a character becomes three. */
const longestReason = 120;
const close = (socket: PageSocket, code: number, reason: string): void =>
  socket.close(code, Buffer.from(reason).subarray(0, longestReason).toString());
