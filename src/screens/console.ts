import type { Accounts } from '../accounts/accounts.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { Refusal } from '../refusal.ts';
import { actionOf } from './keymap.ts';
import { isTooSmall, type Layer, type Size } from './layer.ts';
import { type Observable, observable } from './observable.ts';
import type { Press } from './press.ts';

/** What a console can do with its terminal, and what it should know of it. */
export type Host = {
  /** Sends bytes that draw nothing, between two frames. */
  send: (bytes: string) => void;
  /** Draws everything again. */
  redraw: () => void;
  /** Stops the process until `fg`; undefined where nobody could bring it back. */
  stop: (() => Promise<void>) | undefined;
  /** Whether the terminal came over an SSH server. */
  overSsh: boolean;
  /** Ends the console, with an error where something broke. */
  quit: (error?: Error) => void;
};

export type Message = {
  kind: 'done' | 'refused' | 'note';
  text: string;
  /** What `u` does while the message shows. */
  undo?: () => void;
};

export type Console = {
  readonly accounts: Accounts;
  readonly host: Host;
  readonly size: Observable<Size>;
  readonly layers: Observable<readonly Layer[]>;
  readonly message: Observable<Message | undefined>;
  /** Set to give the terminal back and stop until `fg`. */
  readonly suspending: Observable<boolean>;
  /** Who is signed in. */
  readonly signedIn: Observable<SignedIn | undefined>;
  press: (press: Press) => void;
  paste: (text: string) => void;
  /** Puts a dialog on top. */
  open: (layer: Layer) => void;
  /** Takes a layer away with everything above it. */
  close: (layer: Layer) => void;
  /** Shows a screen in the place of everything. */
  show: (layer: Layer) => void;
  say: (message: Message) => void;
  /** Runs something that takes a while. A refusal is said; anything else that goes wrong ends the console. */
  attempt: (work: () => Promise<void>) => Promise<void>;
  /** Ends everything the console started. */
  dispose: () => void;
};

/** A message stays this long, in milliseconds; one that offers to undo something, longer (BEHAVIOUR 6). */
const messageTime = 5000;
const undoTime = 12_000;

export type ConsoleOptions = {
  accounts: Accounts;
  host: Host;
  size: Size;
  /** What to show when a session has ended by itself. */
  onSessionEnd: (reason: string) => void;
};

/** The one place that keys go to, and the state that all screens share. One for each terminal. */
export const createConsole = ({ accounts, host, size, onSessionEnd }: ConsoleOptions): Console => {
  const layers = observable<readonly Layer[]>([]);
  const message = observable<Message | undefined>(undefined);
  const signedIn = observable<SignedIn | undefined>(undefined);
  const sizeNow = observable(size);
  let fading: NodeJS.Timeout | undefined;

  const say = (next: Message): void => {
    clearTimeout(fading);
    message.set(next);
    fading = setTimeout(() => message.set(undefined), next.undo ? undoTime : messageTime);
    fading.unref();
  };
  const closeAll = (gone: readonly Layer[]): void => {
    for (const layer of gone) layer.close?.();
  };
  const fail = (error: unknown): void => host.quit(error instanceof Error ? error : new Error(String(error)));
  const refused = (error: unknown, session?: string): void => {
    if (!(error instanceof Refusal)) fail(error);
    else if (error.code !== 'session_ended') say({ kind: 'refused', text: error.message });
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
  const top = (): Layer | undefined => layers.get().at(-1);

  const waiting: (Press | { pasted: string })[] = [];
  let held: Promise<void> | undefined;
  const drain = (): void => {
    while (!held) {
      const settling = waiting.length > 0 ? top()?.settling?.() : undefined;
      if (settling) {
        held = settling.finally(() => {
          held = undefined;
          drain();
        });
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

  return {
    accounts,
    host,
    size: sizeNow,
    layers,
    message,
    suspending: observable(false),
    signedIn,
    press: press => {
      // On a terminal that is too small nobody sees what a key would do: only the way out is open.
      const blind = isTooSmall(sizeNow.get());
      if (press.name === 'ctrl-c' || (blind && press.name === 'q')) host.quit();
      else if (!blind) inOrder(press);
    },
    paste: text => {
      if (!isTooSmall(sizeNow.get())) inOrder({ pasted: text });
    },
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
    say,
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
      clearTimeout(fading);
      closeAll(layers.get());
      layers.set([]);
    },
  };
};

/** The actions of a layer by name, with why they cannot run now. */
export type Actions<Name extends string> = Record<Name, () => void>;

/** Makes `press`, `run` and `whyNot` of a layer from its actions: a key that can't act now says why. */
export const runByKeys = <Name extends string>(
  console: Pick<Console, 'say'>,
  keymap: Layer['keymap'],
  actions: Actions<Name>,
  whyNot: (action: Name) => string | undefined = () => undefined,
) => {
  const run = (action: string): void => {
    const reason = whyNot(action as Name);
    if (reason) console.say({ kind: 'refused', text: reason });
    else actions[action as Name]();
  };
  return {
    keymap,
    run,
    whyNot: (action: string) => whyNot(action as Name),
    press: ({ name }: Press): void => {
      const action = actionOf(keymap, name);
      if (action) run(action);
    },
  };
};
