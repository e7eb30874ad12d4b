import type { SignedIn } from '../accounts/sessions.ts';
import { Refusal } from '../refusal.ts';
import type { Console } from './console.ts';
import { createForm, fieldOf, typedTwice } from './form.ts';
import { formScreen } from './form-screen.tsx';
import { changePasswordKeys } from './keymap.ts';
import type { Layer } from './layer.ts';
import type { Navigation } from './navigation.ts';
import { observable } from './observable.ts';
import { passwordHelp } from './password-help.ts';
import { currentPassword, masked, sayPasswordChanged } from './user-forms.ts';

/**
 * What somebody sees who has to change the password before anything else. The present one is asked for where it was not
 * typed just now: whoever finds the console open must not be able to set another.
 */
export const createPasswordChange = (
  console: Console,
  go: Navigation,
  { actor, user, session }: SignedIn,
): Layer => {
  const { accounts, signedIn } = console;
  const asksCurrent = accounts.needsCurrentPassword({ user, session });
  const form = createForm(console, {
    title: 'Change password',
    about: 'You have to choose a new password before you can go on.',
    items: [
      ...(asksCurrent ? [currentPassword] : []),
      masked('password', 'New Password'),
      masked('confirm', 'Confirm Password'),
      { kind: 'button', name: 'save', label: 'Save' },
      { kind: 'button', name: 'cancel', label: 'Sign out' },
    ],
    busyText: 'Saving...',
    itemOf: fieldOf,
    ...passwordHelp(console, () => signedIn.get()?.user.username ?? ''),
    keymap: changePasswordKeys,
    cancel: () => void go.signOut(),
    submit: async values => {
      const next = typedTwice(values);
      const current = asksCurrent ? values.text('current') : undefined;
      try {
        const user = await accounts.changeOwnPassword(actor, { next, current });
        const now = signedIn.get();
        // Where the console has heard of the change already, it is on its way.
        if (now?.user.mustChangePassword) {
          signedIn.set({ ...now, user });
          await go.home();
        }
        sayPasswordChanged(console);
      } catch (error) {
        if (!(error instanceof Refusal) || error.code !== 'current_password_missing') throw error;
        await go.home();
        console.say({ kind: 'refused', text: 'You signed in a while ago: type your present password, too' });
      }
    },
  });
  return formScreen(console, form, observable<readonly string[]>([]));
};
