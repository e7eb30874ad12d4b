import { Refusal, type RefusalCode } from '../refusal.ts';
import type { Console } from './console.ts';
import { actionOf, formKeys, type Keymap } from './keymap.ts';
import { type Observable, observable } from './observable.ts';
import type { Press } from './press.ts';
import { edit, insert, type TextInput, textInput, valueOfInput } from './text-input.ts';

export type FormItem =
  /** What counts for once is emptied by a refusal. */
  | {
      kind: 'text';
      name: string;
      label: string;
      masked?: boolean;
      initial?: string;
      isForOnce?: boolean;
    }
  | { kind: 'checkbox'; name: string; label: string; initial: boolean }
  /** `press` is what it does where it does not submit the form; `cancel` cancels it. */
  | { kind: 'button'; name: string; label: string; press?: () => void };

export type FormValues = { text: (name: string) => string; flag: (name: string) => boolean };

/** What a form remembers. A new form starts clean; an error leaves everything that was typed. */
export type FormState = {
  texts: Readonly<Record<string, TextInput>>;
  flags: Readonly<Record<string, boolean>>;
  /** Index of the item that has the focus; one always has. */
  focus: number;
  /** A sentence next to the item of that name; under `''` one for the whole form. */
  errors: Readonly<Record<string, string>>;
  /** What is known of the text of the item of that name; below it where there is no error. */
  hints: Readonly<Record<string, Hint>>;
  /** Why nothing can be typed now, as a sentence; empty where it can. */
  busy: string;
};

/** `spoken` is what of it is said where it is heard: only what is news, for it may change with each letter. */
export type Hint = { text: string; spoken: string; isWarning: boolean };

/** Helps to fill a form in: works on its state. */
export type Assistant = {
  /** The text of the item of that name was changed by a key or pasted. */
  typed: (name: string) => void;
  /** What actions of the keymap do that not every form has. */
  actions: Readonly<Record<string, () => void>>;
  /** Forgets what is on its way: the form is being saved, or gone. */
  stop: () => void;
};

export type FormOptions = {
  title: string;
  /** A sentence above the fields. */
  about?: string;
  items: readonly FormItem[];
  /** What Save does, and ctrl-s. A dialog stays open where it ends with 'stay' or a refusal. */
  submit: (values: FormValues) => Promise<unknown>;
  /** esc and the button `cancel`; a form without it stays. */
  cancel?: () => void;
  /** What is said while the submit is running. */
  busyText: string;
  /** Which item a refusal belongs to. */
  itemOf?: (code: RefusalCode) => string | undefined;
  /** Whether enter in the last field submits, and does not go on to the button. */
  submitsFromLast?: boolean;
  /** Whether a refusal empties the masked fields: nobody sees in them what to mend. */
  emptiesMasked?: boolean;
  keymap?: Keymap;
  /** Made once for the form. */
  assist?: (state: Observable<FormState>) => Assistant;
};

export type Form = {
  readonly options: FormOptions;
  readonly state: Observable<FormState>;
  readonly keymap: Keymap;
  press: (press: Press) => void;
  paste: (text: string) => void;
  /** Takes no keys for now, and says why. Gives a function that ends it. */
  hold: (why: string) => () => void;
  /** Stops what the form started. */
  close: () => void;
};

const initialState = (items: readonly FormItem[]): FormState => ({
  texts: Object.fromEntries(
    items.flatMap(item => (item.kind === 'text' ? [[item.name, textInput(item.initial)]] : [])),
  ),
  flags: Object.fromEntries(
    items.flatMap(item => (item.kind === 'checkbox' ? [[item.name, item.initial]] : [])),
  ),
  focus: 0,
  errors: {},
  hints: {},
  busy: '',
});

/** Whether it is for the console to say, and not for a form. */
const isAboutSession = ({ code }: Refusal): boolean =>
  code === 'session_ended' || code === 'password_change_required';

const isLastText = (items: readonly FormItem[], focus: number): boolean =>
  items[focus]?.kind === 'text' && items[focus + 1]?.kind === 'button';

export const createForm = (console: Pick<Console, 'attempt' | 'say'>, options: FormOptions): Form => {
  const { items, itemOf = () => undefined } = options;
  const state = observable(initialState(items));
  const keymap: Keymap = options.keymap ?? formKeys;
  const assistant = options.assist?.(state);

  const focusOn = (focus: number): void =>
    state.update(now => ({ ...now, focus: (focus + items.length) % items.length }));
  const change = (part: Partial<FormState>): void => state.update(now => ({ ...now, ...part }));
  const textNow = (name: string): TextInput => state.get().texts[name] ?? textInput();
  const changeText = (name: string, how: (input: TextInput) => TextInput): void => {
    const [before, after] = [textNow(name), how(textNow(name))];
    if (after === before) return;
    change({ texts: { ...state.get().texts, [name]: after } });
    if (after.characters !== before.characters) assistant?.typed(name);
  };

  const isEmptied = (item: FormItem): boolean =>
    item.kind === 'text' && Boolean(item.isForOnce || (options.emptiesMasked && item.masked));
  const emptied = Object.fromEntries(items.filter(isEmptied).map(({ name }) => [name, textInput()]));
  const showRefusal = (error: Refusal): void => {
    const at = items.findIndex(item => item.name === itemOf(error.code));
    const { texts, focus } = state.get();
    change({
      texts: { ...texts, ...emptied },
      errors: { [items[at]?.name ?? '']: error.message },
      focus: at < 0 ? focus : at,
    });
  };
  const submit = (): Promise<void> => {
    assistant?.stop();
    change({ busy: options.busyText, errors: {} });
    return console.attempt(async () => {
      try {
        const { flags } = state.get();
        await options.submit({
          text: name => valueOfInput(textNow(name)),
          flag: name => flags[name] ?? false,
        });
        change({ busy: '' });
      } catch (error) {
        change({ busy: '' });
        if (!(error instanceof Refusal) || isAboutSession(error)) throw error;
        showRefusal(error);
      }
    });
  };
  const enter = (): void => {
    const { focus } = state.get();
    const item = items[focus];
    if (item?.kind === 'button' && item.press) item.press();
    else if (item?.kind === 'button' && item.name === 'cancel') options.cancel?.();
    else if (item?.kind === 'button' || (options.submitsFromLast && isLastText(items, focus))) void submit();
    else focusOn(focus + 1);
  };
  const type = (press: Press): void => {
    const { focus, flags } = state.get();
    const item = items[focus];
    if (item?.kind === 'text') changeText(item.name, input => edit(input, press));
    else if (item?.kind === 'checkbox') {
      if (press.name === 'space') change({ flags: { ...flags, [item.name]: !flags[item.name] } });
    } else if (press.name === 'space') enter();
    else if (press.name === 'left') focusOn(focus - 1);
    else if (press.name === 'right') focusOn(focus + 1);
  };

  return {
    options,
    state,
    keymap,
    hold: why => {
      change({ busy: why });
      return () => change({ busy: '' });
    },
    press: press => {
      const { focus, busy } = state.get();
      const action = actionOf(keymap, press.name);
      // What is typed while the store is asked would go to a screen nobody has seen yet.
      if (busy) {
        if (action === 'cancel') console.say({ kind: 'refused', text: 'It is being saved already' });
      } else if (action === 'cancel') options.cancel?.();
      else if (action === 'next') focusOn(focus + 1);
      else if (action === 'previous') focusOn(focus - 1);
      else if (action === 'enter') enter();
      else if (action === 'save') void submit();
      else if (action && assistant?.actions[action]) assistant.actions[action]();
      else type(press);
    },
    paste: text => {
      const { focus, busy } = state.get();
      const item = items[focus];
      if (busy || item?.kind !== 'text') return;
      changeText(item.name, input => insert(input, text));
    },
    close: () => assistant?.stop(),
  };
};

/** The password that was typed twice. Throws passwords_differ. */
export const typedTwice = (values: FormValues): string => {
  const password = values.text('password');
  if (password !== values.text('confirm')) throw new Refusal('passwords_differ');
  return password;
};

/** The refusals of usernames, passwords and flags, next to fields of those names. */
export const fieldOf = (code: RefusalCode): string | undefined => {
  if (code === 'own_active') return 'active';
  if (code === 'own_superuser') return 'superuser';
  if (code === 'current_password_wrong' || code === 'current_password_missing') return 'current';
  if (code === 'passwords_differ') return 'confirm';
  if (code.startsWith('username_')) return 'username';
  if (code.startsWith('ssh_key_')) return 'key';
  return code.startsWith('password_') ? 'password' : undefined;
};
