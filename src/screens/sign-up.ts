import { named } from '../text.ts';
import { type Console, entryOf } from './console.ts';
import { createForm, fieldOf, typedTwice } from './form.ts';
import { formScreen } from './form-screen.tsx';
import { signUpKeys } from './keymap.ts';
import type { Layer } from './layer.ts';
import type { Navigation } from './navigation.ts';
import type { Observable } from './observable.ts';
import { passwordHelp } from './password-help.ts';
import { passwordTwice, saveOrCancel, username } from './user-forms.ts';

/** Somebody makes an own account, where people may, and comes back to the login screen, which says what is next. */
export const createSignUp = (
  console: Console,
  go: Navigation,
  notices: Observable<readonly string[]>,
): Layer => {
  const { settings, signUp } = console.accounts;
  const form = createForm(console, {
    title: 'Sign up',
    ...(!settings.newUserIsActive && {
      about: 'Before you can sign in, a superuser activates the account.',
    }),
    items: [username(), ...passwordTwice, ...saveOrCancel],
    busyText: 'Saving...',
    ...passwordHelp(console, text => text('username')),
    keymap: signUpKeys,
    itemOf: fieldOf,
    cancel: () => void console.attempt(go.login),
    submit: async values => {
      const { source, from } = entryOf(console.host);
      const [username, password] = [values.text('username'), typedTwice(values)];
      const user = await signUp({ username, password, source, from });
      const name = named(user.username);
      await go.login();
      console.say({
        kind: 'done',
        text: user.isActive
          ? `${name} can sign in now`
          : `Waiting for approval: a superuser has to activate ${name}`,
      });
    },
  });
  return formScreen(console, form, notices);
};
