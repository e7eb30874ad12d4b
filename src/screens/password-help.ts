import { generatePassword } from '../accounts/generate-password.ts';
import type { Strength } from '../accounts/password-strength.ts';
import { copyToClipboard } from './clipboard.ts';
import type { Console } from './console.ts';
import type { Assistant, FormOptions, FormState, Hint } from './form.ts';
import { passwordFormKeys } from './keymap.ts';
import type { Observable } from './observable.ts';
import { textInput, valueOfInput } from './text-input.ts';

/** So long, in milliseconds, nothing is typed before the password is looked at: the letters are drawn by then. */
const pause = 200;
/** What the line below a field has room for beside `made: `, at the least width. */
const madeRoom = 52;

const textOf = ({ texts }: FormState, name: string): string => valueOfInput(texts[name] ?? textInput());

/**
 * For a form with the fields `password` and `confirm`: says how strong the password is that is typed, and makes one.
 * `usernameOf` gives whose password it will be.
 */
export const passwordHelp = (
  console: Console,
  usernameOf: (text: (name: string) => string) => string,
): Pick<FormOptions, 'keymap' | 'assist'> => ({
  keymap: passwordFormKeys,
  assist: state => createHelp(console, usernameOf, state),
});

const createHelp = (
  console: Console,
  usernameOf: (text: (name: string) => string) => string,
  state: Observable<FormState>,
): Assistant => {
  const { accounts } = console;
  let made: string | undefined;
  let waiting: NodeJS.Timeout | undefined;
  /** Raised by everything that makes an answer which is on its way one about something else. */
  let asked = 0;

  const stop = (): void => {
    clearTimeout(waiting);
    asked += 1;
  };
  /** What was refused before is not what stands there now. */
  const show = (hints: FormState['hints'], part: Partial<FormState> = {}): void =>
    state.update(({ errors: { password, ...errors }, ...now }) => ({ ...now, errors, hints, ...part }));
  const look = async (): Promise<void> => {
    const mine = asked;
    const now = state.get();
    const password = textOf(now, 'password');
    if (password === '') return show({});
    const strength = await accounts.strengthOf(
      password,
      usernameOf(name => textOf(now, name)),
    );
    if (mine === asked) show({ password: strengthHint(strength) });
  };

  return {
    typed: name => {
      const isOther = made !== undefined && (name === 'password' || name === 'confirm');
      if (isOther) {
        made = undefined;
        show({});
      }
      // What was made for one username is as good for another.
      else if (made !== undefined || (name !== 'password' && name !== 'username')) return;
      stop();
      waiting = setTimeout(() => void console.attempt(look), pause);
      waiting.unref();
    },
    actions: {
      generate: () => {
        stop();
        made = generatePassword(accounts.settings.passwordMinLength);
        const { texts } = state.get();
        show(madeHints(made), {
          texts: { ...texts, password: textInput(made), confirm: textInput(made) },
          errors: {},
        });
      },
      copyMade: () => {
        if (made !== undefined) copyToClipboard(console, made, 'The password');
        else console.say({ kind: 'refused', text: 'No password was made here: ctrl-g makes one' });
      },
    },
    stop,
  };
};

const strengthHint = ({ level, because }: Strength): Hint => ({
  text: `${level}: ${because}`,
  // Not the guesses: they are others after each letter.
  spoken: `Password strength: ${level}`,
  isWarning: level === 'weak',
});

/** The only place where a password is to be read: below the fields, for as long as they hold it. */
const madeHints = (made: string): Record<'password' | 'confirm', Hint> => ({
  password: {
    text: `made: ${made.slice(0, madeRoom)}`,
    spoken: `${made} is the password that was made`,
    isWarning: false,
  },
  confirm: {
    text: [made.slice(madeRoom), 'ctrl-y copies it'].filter(Boolean).join('  '),
    spoken: '',
    isWarning: false,
  },
});
