import { Box, Text } from 'ink';
import { Refusal } from '../refusal.ts';
import { printable, wrapped } from '../text.ts';
import type { Console } from './console.ts';
import { Lines } from './dialog.tsx';
import { createForm, type Form, type FormOptions, fieldOf, typedTwice } from './form.ts';
import { formSpoken } from './form-spoken.ts';
import { FormView, formLines } from './form-view.tsx';
import { KeyHints, MessageLine } from './frame.tsx';
import { firstSuperuserKeys, loginKeys } from './keymap.ts';
import type { Layer, Size } from './layer.ts';
import type { Navigation } from './navigation.ts';
import { type Observable, useObservable } from './observable.ts';
import { passwordHelp } from './password-help.ts';
import { useSymbols } from './symbols.ts';
import { theme } from './theme.ts';

const formWidth = 60;

/** A screen with one form in the middle, and what a person should read before using it. */
const formScreen = (console: Console, form: Form, notices: Observable<readonly string[]>): Layer => {
  const { options } = form;
  return {
    keymap: form.keymap,
    covers: true,
    press: form.press,
    paste: form.paste,
    spoken: formSpoken(form, notices),
    close: form.close,
    view: size => (
      <Box flexDirection="column" width={size.columns} height={size.rows}>
        <Box flexDirection="column" flexGrow={1} flexShrink={0} alignItems="center" justifyContent="center">
          <Box flexDirection="column" width={formWidth}>
            <Text bold color={theme.accent}>
              {options.title}
            </Text>
            <Text> </Text>
            <FormView form={form} width={formWidth} />
          </Box>
        </Box>
        <Notices notices={notices} size={size} room={size.rows - formLines(options, size) - 4} />
        <MessageLine console={console} width={size.columns} />
        <KeyHints keymap={form.keymap} width={size.columns} />
      </Box>
    ),
  };
};

type NoticesProps = { notices: Observable<readonly string[]>; size: Size; room: number };

/** As many as there is room for; langinfra config has the rest. */
const Notices = ({ notices, size, room }: NoticesProps) => {
  const { unprintable } = useSymbols();
  const lines = useObservable(notices).flatMap(notice =>
    wrapped(printable(notice, unprintable), size.columns - 2),
  );
  const shown =
    lines.length > room ? [...lines.slice(0, room - 1), 'langinfra config shows the rest.'] : lines;
  return <Lines lines={shown.map(line => ` ${line}`)} color={theme.warning} />;
};

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
  const options: FormOptions = {
    title: 'Langinfra',
    ...(reason !== undefined && { about: reason }),
    items: [
      text('username', 'Username'),
      text('password', 'Password', true),
      { kind: 'button', name: 'signIn', label: 'Sign in' },
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
        door: 'local',
      } as const;
      console.signedIn.set(await console.accounts.signIn(request));
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
      console.signedIn.set(await accounts.signIn({ username, password, door: 'local' }));
      await go.home();
    },
  });
  const stop = accounts.onChange(
    () =>
      void console.attempt(async () => {
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
