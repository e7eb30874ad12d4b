import { type Observable, observable } from './observable.ts';

export type Message = {
  kind: 'done' | 'refused' | 'note';
  text: string;
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
  /** Takes everything away: who comes next has nothing to read of it and nothing to undo. */
  clear: () => void;
};

const firstWords = { done: '', refused: 'Not done: ', note: 'Note: ' } as const;

/** A message in words. */
export const messageText = ({ kind, text }: Message): string => `${firstWords[kind]}${text}`;

/** A message stays this long, in milliseconds. */
export const messageTime = 5000;
/** What can be undone can be so for this long, at least 10 s (BEHAVIOUR 6), whatever else is said meanwhile. */
export const undoTime = 12_000;

/** The one line that says what was done or why not. What can be undone comes back when a later message has gone. */
export const createMessages = (): Messages => {
  const shown = observable<Message | undefined>(undefined);
  let undoable: Message | undefined;
  /** Another one for whoever comes next. */
  let owner = {};
  let fading: NodeJS.Timeout | undefined;
  let forgetting: NodeJS.Timeout | undefined;

  const forget = (): void => {
    clearTimeout(forgetting);
    const gone = undoable;
    undoable = undefined;
    if (shown.get() === gone) shown.set(undefined);
  };
  const keep = (message: Message): void => {
    clearTimeout(forgetting);
    undoable = message;
    forgetting = setTimeout(forget, undoTime).unref();
  };
  const say = (message: Message): void => {
    clearTimeout(fading);
    shown.set(message);
    if (message.undo) keep(message);
    else fading = setTimeout(() => shown.set(undoable), messageTime).unref();
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
    clear: () => {
      owner = {};
      clearTimeout(fading);
      forget();
      shown.set(undefined);
    },
  };
};
