import type { Accounts } from '../accounts/accounts.ts';
import type { Origin } from '../accounts/origin.ts';
import type { PendingRecovery } from '../accounts/recovery.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { Refusal } from '../refusal.ts';
import type { Door } from '../store/sessions.ts';
import { isTooSmall, type Layer, type Size } from './layer.ts';
import { createMessages, type Message, type Messages } from './messages.ts';
import { type Derived, derived, type Observable, observable } from './observable.ts';
import type { Press } from './press.ts';
import type { SshPlace } from './ssh-place.ts';

export type ConsoleOrigin = Origin & { door: Door };

/** What the rules want to know of whoever signs in at a console: the door, and for a remote one the address. */
export const entryOf = ({ from }: Pick<Host, 'from'>) => ({
  door: from?.door ?? ('local' as const),
  source: from?.address,
  ...(from && { from }),
});

/** What a console can do with its terminal, and what it should know of it. */
export type Host = {
  /** Sends bytes that draw nothing, between two frames; undefined where a terminal should get text only. */
  send: ((bytes: string) => void) | undefined;
  /** Draws everything again, or says it. */
  redraw: () => void;
  /** Stops the process until `fg`; undefined where nobody could bring it back. */
  stop: (() => Promise<void>) | undefined;
  /** Whether the terminal came over an SSH server. */
  overSsh: boolean;
  /** The env file of the settings, for the commands that are shown. */
  envFile: string | undefined;
  /** The variables that name the database where no file does, for the commands that are shown. */
  variables: Readonly<Record<string, string>>;
  /** Where its client has reached the SSH door, for the commands that are shown; undefined for every other door. */
  ssh?: SshPlace | undefined;
  /** The door, and where whoever came in through it is; undefined for a terminal of this computer. */
  from?: ConsoleOrigin | undefined;
  /** Ends the console, with an error where something broke or a refusal that is its reason. */
  quit: (error?: Error) => void;
};

export type Console = {
  readonly accounts: Accounts;
  readonly host: Host;
  readonly size: Observable<Size>;
  readonly layers: Observable<readonly Layer[]>;
  /** The lock screen, while the session is locked; empty otherwise. */
  readonly lockScreen: Observable<readonly Layer[]>;
  /** What is drawn and gets keys: the layers, or the lock screen in their place. */
  readonly shown: Derived<readonly Layer[]>;
  readonly messages: Messages;
  /** Set to give the terminal back and stop until `fg`. */
  readonly suspending: Observable<boolean>;
  /** Who is signed in. */
  readonly signedIn: Observable<SignedIn | undefined>;
  /** The recoveries that a superuser is told of (recoveries.ts). */
  readonly recoveries: Observable<readonly PendingRecovery[]>;
  press: (press: Press) => void;
  paste: (text: string) => void;
  /** How many keys wait for what the ones before them have begun. */
  backlog: () => number;
  /** Gives the terminal back and stops until `fg`, or says why not. */
  suspend: () => void;
  /** Puts a dialog, or a screen, on top. */
  open: (layer: Layer) => void;
  /** Takes a layer away with everything above it. */
  close: (layer: Layer) => void;
  /** Shows a screen in the place of everything. */
  show: (layer: Layer) => void;
  /** Locks the session, or says why it cannot be. */
  lock: () => void;
  /** Hides everything behind a screen. What is under way goes on there. */
  hide: (screen: Layer) => void;
  /** Shows everything again as it is now. */
  reveal: () => void;
  say: (message: Message) => void;
  /** Runs something that takes a while. A refusal is said; anything else that goes wrong ends the console. */
  attempt: (work: () => Promise<void>) => Promise<void>;
  /** Ends everything the console started. */
  dispose: () => void;
};

export type ConsoleOptions = {
  accounts: Accounts;
  host: Host;
  size: Size;
  /** What to show when a session has ended by itself. */
  onSessionEnd: (reason: string) => void;
  /** What to do when somebody asks to lock the session. */
  onLock: () => void;
  /** Told of each key and each pasted text; gives whether it counts. */
  onUse: () => boolean;
  /** Whoever is signed in has to change the password first. */
  onConfined: () => void;
};

/** The one place that keys go to, and the state that all screens share. One for each terminal. */
export const createConsole = (options: ConsoleOptions): Console => {
  const { accounts, onSessionEnd, onConfined } = options;
  const layers = observable<readonly Layer[]>([]);
  const lockScreen = observable<readonly Layer[]>([]);
  const isLocked = (): boolean => lockScreen.get().length > 0;
  const shown = derived([layers, lockScreen], () => (isLocked() ? lockScreen.get() : layers.get()));
  const signedIn = observable<SignedIn | undefined>(undefined);
  const recoveries = observable<readonly PendingRecovery[]>([]);
  const suspending = observable(false);
  const sizeNow = observable(options.size);
  const messages = createMessages();
  const { send } = options.host;
  // What is copied from a screen that is hidden was asked for by nobody who is there.
  const host: Host = { ...options.host, send: send && (bytes => isLocked() || send(bytes)) };

  const closeAll = (gone: readonly Layer[]): void => {
    for (const layer of gone) layer.close?.();
  };
  const fail = (error: unknown): void => host.quit(error instanceof Error ? error : new Error(String(error)));
  const refused = (error: unknown, session?: string): void => {
    if (!(error instanceof Refusal)) fail(error);
    // What has to be done first says so itself.
    else if (error.code === 'password_change_required') onConfined();
    else if (error.code !== 'session_ended') messages.say({ kind: 'refused', text: error.message });
    // Several requests may find out at once; the first one ends it. A late answer may be about an older session.
    else if (signedIn.get()?.session.id === session && session) {
      signedIn.set(undefined);
      onSessionEnd(error.message);
    }
  };
  /** An error in a key's handler is outside React: without this it would end the whole process. */
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      refused(error);
    }
  };
  const top = (): Layer | undefined => shown.get().at(-1);

  const waiting: (Press | { pasted: string })[] = [];
  let held: Promise<void> | undefined;
  const drain = (): void => {
    while (!held) {
      const settling = waiting.length > 0 ? top()?.settling?.() : undefined;
      if (settling) {
        const mine = settling.finally(() => {
          // Behind the lock screen nobody waits for it any more.
          if (held !== mine) return;
          held = undefined;
          drain();
        });
        held = mine;
        return;
      }
      const next = waiting.shift();
      if (!next) return;
      guarded(() => ('pasted' in next ? top()?.paste?.(next.pasted) : top()?.press(next)));
    }
  };
  const inOrder = (next: Press | { pasted: string }): void => {
    waiting.push(next);
    drain();
  };
  const suspend = (): void => {
    if (host.stop) suspending.set(true);
    else
      messages.say({
        kind: 'refused',
        text: 'This session cannot be suspended: no shell would bring it back',
      });
  };
  const reveal = (): void => {
    closeAll(lockScreen.get());
    lockScreen.set([]);
    messages.release();
  };
  /** Keys that do the same everywhere, whatever is typed. */
  const everywhere: Readonly<Record<string, () => void>> = {
    'ctrl-c': () => host.quit(),
    'ctrl-l': host.redraw,
    'ctrl-z': suspend,
  };

  return {
    accounts,
    host,
    size: sizeNow,
    layers,
    lockScreen,
    shown,
    messages,
    suspending,
    signedIn,
    recoveries,
    press: press => {
      if (!options.onUse()) return;
      const session = signedIn.get()?.session;
      if (session && !isLocked()) accounts.sessions.saw(session.id);
      const act = everywhere[press.name];
      // On a terminal that is too small nobody sees what a key would do: only the way out is open.
      if (act) act();
      else if (!isTooSmall(sizeNow.get())) inOrder(press);
      else if (press.name === 'q') host.quit();
    },
    paste: text => {
      if (options.onUse() && !isTooSmall(sizeNow.get())) inOrder({ pasted: text });
    },
    backlog: () => waiting.length,
    suspend,
    open: layer => layers.update(all => [...all, layer]),
    close: layer => {
      const all = layers.get();
      const at = all.indexOf(layer);
      if (at < 0) return;
      closeAll(all.slice(at));
      layers.set(all.slice(0, at));
    },
    show: layer => {
      closeAll(layers.get());
      layers.set([layer]);
    },
    lock: options.onLock,
    hide: screen => {
      // They were typed for what is hidden now.
      waiting.length = 0;
      held = undefined;
      // Nobody can read what is said behind it, nor undo it.
      messages.hold();
      lockScreen.set([screen]);
    },
    reveal,
    say: messages.say,
    attempt: async work => {
      const session = signedIn.get()?.session.id;
      try {
        await work();
      } catch (error) {
        refused(error, session);
      }
    },
    dispose: () => {
      waiting.length = 0;
      messages.clear();
      closeAll(layers.get());
      layers.set([]);
      reveal();
    },
  };
};
