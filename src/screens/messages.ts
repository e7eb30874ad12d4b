import { createCountdown } from './countdown.ts';
import { type Observable, observable } from './observable.ts';

export type Message = {
  kind: 'done' | 'refused' | 'note';
  text: string;
  /** It is about what happened before this person came, and has to be seen: it stays for longMessageTime. */
  staysLong?: true;
  /** What `u` does for as long as undoTime. Gives false where nothing was undone, but could be a little later. */
  undo?: () => Promise<boolean>;
};

export type Messages = {
  readonly shown: Observable<Message | undefined>;
  say: (message: Message) => void;
  /** Whether there is something to undo. */
  canUndo: () => boolean;
  /** Undoes it, once; what could not be undone just now can be so again. */
  undo: () => void;
  /** Lets no time pass for what is said, until `release`: it cannot be seen. */
  hold: () => void;
  release: () => void;
  /** Takes everything away: who comes next has nothing to read of it and nothing to undo. */
  clear: () => void;
};

const firstWords = { done: '', refused: 'Not done: ', note: 'Note: ' } as const;

/** A message in words. */
export const messageText = ({ kind, text }: Message): string => `${firstWords[kind]}${text}`;

/** A message stays this long, in milliseconds. */
export const messageTime = 5000;
/** The same for one that stays long; not where it would stand before what can be undone until that cannot be any more. */
export const longMessageTime = 15_000;
/** What can be undone can be so for this long, at least 10 s (BEHAVIOUR 6), whatever else is said meanwhile. */
export const undoTime = 12_000;

/** The one line that says what was done or why not. What can be undone comes back when a later message has gone. */
export const createMessages = (): Messages => {
  const shown = observable<Message | undefined>(undefined);
  let undoable: Message | undefined;
  /** Another one for whoever comes next. */
  let owner = {};

  const forget = (): void => {
    forgetting.stop();
    const gone = undoable;
    undoable = undefined;
    if (shown.get() === gone) shown.set(undefined);
  };
  const forgetting = createCountdown(forget);
  const fading = createCountdown(() => shown.set(undoable));
  const keep = (message: Message): void => {
    undoable = message;
    forgetting.start(undoTime);
  };
  const say = (message: Message): void => {
    fading.stop();
    shown.set(message);
    if (message.undo) keep(message);
    else fading.start(message.staysLong && !undoable ? longMessageTime : messageTime);
  };

  return {
    shown,
    say,
    canUndo: () => undoable !== undefined,
    undo: () => {
      const message = undoable;
      const from = owner;
      forget();
      void message?.undo?.().then(isDone => {
        if (!isDone && !undoable && owner === from) keep(message);
      });
    },
    hold: () => {
      for (const countdown of [fading, forgetting]) countdown.hold();
    },
    release: () => {
      for (const countdown of [fading, forgetting]) countdown.release();
    },
    clear: () => {
      owner = {};
      fading.stop();
      forget();
      shown.set(undefined);
    },
  };
};
