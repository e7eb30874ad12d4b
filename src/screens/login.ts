import type { SignedIn } from '../accounts/sessions.ts';
import { Refusal } from '../refusal.ts';
import { touches } from '../store/touched.ts';
import { type Console, entryOf } from './console.ts';
import { createForm, type FormItem, type FormOptions, fieldOf, typedTwice } from './form.ts';
import { formScreen } from './form-screen.tsx';
import { firstSuperuserKeys, loginKeys } from './keymap.ts';
import type { Layer } from './layer.ts';
import type { Navigation } from './navigation.ts';
import type { Observable } from './observable.ts';
import { passwordHelp } from './password-help.ts';

const text = (name: string, label: string, masked = false) =>
  ({ kind: 'text', name, label, masked }) as const;

/** So long, in milliseconds, keys are not taken after a session has ended by itself: they were typed for it. */
const pause = 700;

/** The login screen; `reason` says why the last session ended, where it did so by itself. */
export const createLogin = (
  console: Console,
  go: Navigation,
  notices: Observable<readonly string[]>,
  reason?: string,
): Layer => {
  const signUp: FormItem = { kind: 'button', name: 'signUp', label: 'Sign up', press: go.signUp };
  const options: FormOptions = {
    title: 'Langinfra',
    ...(reason !== undefined && { about: reason }),
    items: [
      text('username', 'Username'),
      text('password', 'Password', true),
      { kind: 'button', name: 'signIn', label: 'Sign in' },
      ...(console.accounts.settings.enableSignup ? [signUp] : []),
    ],
    busyText: 'Signing in...',
    submitsFromLast: true,
    emptiesMasked: true,
    itemOf: () => 'password',
    keymap: loginKeys,
    submit: async values => {
      const request = {
        username: values.text('username'),
        password: values.text('password'),
        ...entryOf(console.host),
      };
      let signedIn: SignedIn;
      try {
        signedIn = await console.accounts.signIn(request);
      } catch (error) {
        if (!(error instanceof Refusal) || error.code !== 'one_time_code_required') throw error;
        const { username } = request;
        return go.oneTimeCode({
          username,
          signIn: oneTimeCode => console.accounts.signIn({ ...request, oneTimeCode }),
        });
      }
      console.signedIn.set(signedIn);
      await go.home();
    },
  };
  const form = createForm(console, options);
  // Half a password, typed on, would stand in Username for everybody to read.
  if (reason !== undefined)
    setTimeout(form.hold('One moment: what you typed just now is left out.'), pause).unref();
  return formScreen(console, form, notices);
};

/**
 * Where there is no superuser yet: whoever sits at this terminal makes the first one, and is signed in. Where somebody
 * else was quicker, the login screen takes its place.
 */
export const createFirstSuperuser = (
  console: Console,
  go: Navigation,
  notices: Observable<readonly string[]>,
): Layer => {
  const { accounts } = console;
  const form = createForm(console, {
    title: 'First Superuser',
    about: 'There is no superuser yet. Make the first one:',
    items: [
      text('username', 'Username'),
      text('password', 'Password', true),
      text('confirm', 'Confirm Password', true),
      { kind: 'button', name: 'save', label: 'Save' },
    ],
    busyText: 'Saving...',
    ...passwordHelp(console, text => text('username')),
    keymap: firstSuperuserKeys,
    itemOf: fieldOf,
    submit: async values => {
      const [username, password] = [values.text('username'), typedTwice(values)];
      try {
        await accounts.users.createFirstSuperuser({ username, password });
      } catch (error) {
        if (error instanceof Refusal && error.code === 'superuser_exists') return go.login(error.message);
        throw error;
      }
      console.signedIn.set(await accounts.signIn({ username, password, ...entryOf(console.host) }));
      await go.home();
    },
  });
  const stop = accounts.onChange(
    change =>
      touches(change, 'user') &&
      console.attempt(async () => {
        if (form.state.get().busy || (await accounts.users.needsFirstSuperuser())) return;
        await go.login(new Refusal('superuser_exists').message);
      }),
  );
  const screen = formScreen(console, form, notices);
  return {
    ...screen,
    close: () => {
      stop();
      screen.close?.();
    },
  };
};
