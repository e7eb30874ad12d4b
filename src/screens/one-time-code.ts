import { codePatience } from '../accounts/first-steps.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { printable } from '../text.ts';
import type { Console } from './console.ts';
import { createForm } from './form.ts';
import { formScreen } from './form-screen.tsx';
import { oneTimeCodeKeys } from './keymap-codes.ts';
import type { Layer } from './layer.ts';
import type { Navigation } from './navigation.ts';
import type { Observable } from './observable.ts';

/** A sign-in whose password was right: what is left is the code. The password is kept in `signIn`, and nowhere else. */
export type FirstStep = { username: string; signIn: (oneTimeCode: string) => Promise<SignedIn> };

const tooLate = 'No one-time code came for two minutes: sign in again.';

/** The second step of the login screen, for who has set one-time codes up. */
export const createOneTimeCode = (
  console: Console,
  go: Navigation,
  notices: Observable<readonly string[]>,
  { username, signIn }: FirstStep,
): Layer => {
  const form = createForm(console, {
    title: 'Langinfra',
    about: `Type the code that your authenticator app shows for ${printable(username)}, or a recovery code.`,
    items: [
      { kind: 'text', name: 'code', label: 'One-time code', isForOnce: true },
      { kind: 'button', name: 'signIn', label: 'Sign in' },
    ],
    busyText: 'Signing in...',
    submitsFromLast: true,
    itemOf: () => 'code',
    keymap: oneTimeCodeKeys,
    cancel: () => void console.attempt(go.login),
    submit: async values => {
      console.signedIn.set(await signIn(values.text('code')));
      await go.home();
    },
  });
  const { clock } = console.accounts;
  const end = clock().getTime() + codePatience * 1000;
  // It looks at the clock: timers stand still while a machine sleeps.
  const looking = setInterval(() => {
    if (clock().getTime() < end || form.state.get().busy) return;
    clearInterval(looking);
    void console.attempt(() => go.login(tooLate));
  }, 1000).unref();
  const screen = formScreen(console, form, notices);
  return {
    ...screen,
    close: () => {
      clearInterval(looking);
      screen.close?.();
    },
  };
};
