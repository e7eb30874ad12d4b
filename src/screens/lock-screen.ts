import type { SignedIn } from '../accounts/sessions.ts';
import { named } from '../text.ts';
import type { Console } from './console.ts';
import { createForm } from './form.ts';
import { formScreen } from './form-screen.tsx';
import { failedNote } from './greeting.ts';
import { lockKeys } from './keymap.ts';
import type { Layer } from './layer.ts';
import { createMessages } from './messages.ts';
import type { Navigation } from './navigation.ts';
import { observable } from './observable.ts';

/** Hides everything until whoever signed in gives the password again, or signs out. */
export const createLockScreen = (console: Console, go: Navigation, { actor, user }: SignedIn): Layer => {
  const form = createForm(console, {
    title: 'Locked',
    // Somebody may rename who is signed in.
    get about() {
      const { username } = console.signedIn.get()?.user ?? user;
      return `Signed in as ${named(username)}. The password brings back what was there.`;
    },
    items: [
      { kind: 'text', name: 'password', label: 'Password', masked: true },
      { kind: 'button', name: 'unlock', label: 'Unlock' },
      { kind: 'button', name: 'signOut', label: 'Sign out', press: () => void signOut() },
    ],
    busyText: 'Unlocking...',
    submitsFromLast: true,
    emptiesMasked: true,
    itemOf: () => 'password',
    keymap: lockKeys,
    submit: async values => {
      const { failed, kept } = await console.accounts.sessionLock.unlock(actor, values.text('password'));
      console.reveal();
      if (failed) console.say(failedNote(failed, console.size.get().columns));
      void console.attempt(() => kept);
    },
  });
  const signOut = async (): Promise<void> => {
    const release = form.hold('Signing out...');
    await go.signOut();
    release();
  };
  // What is said while it is locked may name users: nothing of it is shown here.
  const screen = formScreen(
    { ...console, messages: createMessages() },
    form,
    observable<readonly string[]>([]),
  );
  return {
    ...screen,
    press: press => {
      const isOnButton = form.options.items[form.state.get().focus]?.kind === 'button';
      if (press.name === 'q' && isOnButton) console.host.quit();
      else form.press(press);
    },
  };
};
