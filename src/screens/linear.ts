import { printable } from '../text.ts';
import { recoveryBanner } from './banner.ts';
import type { Console } from './console.ts';
import type { Layer } from './layer.ts';
import { type Message, messageText } from './messages.ts';
import { changesOf, charactersOf, type Field, keysSentence, type Spoken, sentenceOf } from './spoken.ts';
import { valueOfInput } from './text-input.ts';

export type Linear = {
  /** Says the whole screen again. */
  repeat: () => void;
  /** Leaves the terminal at the beginning of a line. */
  endLine: () => void;
  close: () => void;
};

/**
 * Says a console line by line, for screen readers and for terminals that have no cursor to place. Nothing is taken
 * back or written twice: what is new is a new line. Ink's own mode for screen readers erases the frame and writes it
 * again for each key, and a reader reads all of it.
 */
export const createLinear = (console: Console, write: (text: string) => void): Linear => {
  const heardMessages = new WeakSet<Message>();
  /** What each screen has said last of its news. One that is in here has said what it is about. */
  const heardNews = new WeakMap<Layer, Map<string, string>>();
  const messages: Message[] = [];
  /** The screen that was said last, as it was then. */
  let top: Layer | undefined;
  let before: Spoken | undefined;
  /** The uppermost one, which may have nothing to say yet, and what is typed into on that. */
  let uppermost: Layer | undefined;
  let typedInto: Field | undefined;
  /** The field whose line is not over yet, and what stands on that of what was typed. */
  let open: { id: string; text: string } | undefined;
  let unsubscribe: (() => void) | undefined;
  let isWaiting = false;

  const endLine = (): void => {
    if (open) write('\n');
    open = undefined;
  };
  const say = (text: string): void => {
    if (text === '') return;
    endLine();
    write(`${printable(text)}${/[.:?!]$/.test(text) ? '' : '.'}\n`);
  };
  const sayToCopy = (text: string | undefined): void => {
    if (text) write(`${printable(text)}\n`);
  };
  const ask = ({ id, label, hint, input, isMasked }: Field, isNew: boolean): void => {
    endLine();
    const text = isMasked ? '' : valueOfInput(input);
    const hidden = isMasked && input.characters.length > 0 ? charactersOf(input) : '';
    write(`${[label, isNew && hint, hidden].filter(Boolean).join(', ')}: ${printable(text)}`);
    open = { id, text };
  };
  /** What was typed is echoed, as a shell does; what was changed otherwise is said anew. */
  const echo = (field: Field, was: Field | undefined): void => {
    const { id, input, isMasked } = field;
    if (was?.id !== id) ask(field, true);
    else if (!isMasked && was.input !== input) echoText(field, was);
  };
  const echoText = (field: Field, was: Field): void => {
    const { id, input } = field;
    const text = valueOfInput(input);
    const isAtEnd = input.caret === input.characters.length;
    if (text === valueOfInput(was.input)) say(caretSentence(field));
    else if (open?.id === id && isAtEnd && text.startsWith(open.text)) {
      write(printable(text.slice(open.text.length)));
      open.text = text;
    } else ask(field, false);
  };
  const sayNews = (layer: Layer, news: Spoken['news'] = {}): void => {
    const heard = heardNews.get(layer) ?? new Map<string, string>();
    heardNews.set(layer, heard);
    for (const [slot, text] of Object.entries(news)) {
      if (text === undefined || heard.get(slot) === text) continue;
      heard.set(slot, text);
      say(text);
    }
  };

  /** `prompted` is a field as it was before somebody typed into it. */
  const flush = (prompted?: Field): void => {
    isWaiting = false;
    // What happens behind the lock screen is said when that is gone.
    const said = isLocked() ? [] : messages.splice(0);
    for (const message of said)
      say(message.undo ? `${messageText(message)}, u undoes it` : messageText(message));
    const layer = uppermost;
    const now = layer?.spoken.get();
    if (!layer || !now) return;
    const isNew = layer !== top;
    if (isNew) {
      say(now.title);
      if (!heardNews.has(layer)) {
        for (const text of now.about ?? []) say(text);
        sayToCopy(now.toCopy);
        sayNews(layer, now.news);
        say(keysSentence(layer.keymap));
      }
    }
    sayNews(layer, now.news);
    const was = isNew ? undefined : before;
    const change = now.focus && changesOf(was?.focus, now.focus);
    // What can be undone has been told just now.
    const isTold = was?.focus?.id === now.focus?.id && said.some(({ undo }) => undo);
    if (change && !isTold) say(change);
    if (prompted && was?.field?.id !== prompted.id) ask(prompted, true);
    if (now.field) echo(now.field, prompted ?? was?.field);
    else endLine();
    [top, before] = [layer, now];
  };
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      console.host.quit(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const soon = (): void => {
    if (isWaiting) return;
    isWaiting = true;
    queueMicrotask(() => isWaiting && guarded(() => flush()));
  };
  /** What is typed is heard at once: the next key of a burst may go to another field. */
  const changed = (): void => {
    const was = typedInto;
    typedInto = uppermost?.spoken.get()?.field;
    if (was && was.id === typedInto?.id && isLonger(typedInto, was)) guarded(() => flush(was));
    else soon();
  };
  const follow = (): void => {
    uppermost = console.shown.get().at(-1);
    unsubscribe?.();
    unsubscribe = uppermost?.spoken.subscribe(changed);
    typedInto = uppermost?.spoken.get()?.field;
    soon();
  };
  const listen = (): void => {
    const message = console.messages.shown.get();
    // One that can be undone comes back when a later one has gone.
    if (!message || heardMessages.has(message)) return;
    heardMessages.add(message);
    messages.push(message);
    soon();
  };

  const isLocked = (): boolean => console.lockScreen.get().length > 0;
  const spokenBanner = (): string[] => recoveryBanner(console, { isHeard: true });
  /** Whatever screen is open: who is recovered is news on each of them. */
  const listenToBanner = (): void => {
    for (const text of spokenBanner()) messages.push({ kind: 'note', text });
    soon();
  };

  const stops = [
    console.recoveries.subscribe(listenToBanner),
    console.shown.subscribe(follow),
    console.messages.shown.subscribe(listen),
  ];
  listen();
  listenToBanner();
  follow();
  guarded(() => flush());

  return {
    repeat: () =>
      guarded(() => {
        const layer = uppermost;
        const now = layer?.spoken.get();
        if (!layer || !now) return;
        const { title, about = [], toCopy, news = {}, focus, field, all } = now;
        const things = all?.() ?? (focus ? [sentenceOf(focus)] : []);
        for (const text of [title, ...about, ...(isLocked() ? [] : spokenBanner())]) say(text);
        sayToCopy(toCopy);
        for (const text of [...Object.values(news), ...things]) say(text ?? '');
        say(keysSentence(layer.keymap));
        if (field) ask(field, true);
      }),
    endLine,
    close: () => {
      for (const stop of stops) stop();
      unsubscribe?.();
      isWaiting = false;
      endLine();
    },
  };
};

const isLonger = (field: Field, was: Field): boolean =>
  field.input.characters.length > was.input.characters.length;

/** Where the next letter goes. */
const caretSentence = ({ input: { characters, caret } }: Field): string => {
  const next = characters[caret];
  return next === undefined ? 'At the end' : `Before ${next === ' ' ? 'a space' : next}`;
};
