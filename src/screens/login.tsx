import { Box, Text } from 'ink';
import { Refusal } from '../refusal.ts';
import { printable } from '../text.ts';
import type { Console } from './console.ts';
import { createForm, credentialItem, type FormOptions } from './form.ts';
import { FormView } from './form-view.tsx';
import { KeyHints } from './frame.tsx';
import { formKeys, loginKeys } from './keymap.ts';
import type { Layer, Size } from './layer.ts';
import type { Navigation } from './navigation.ts';
import { type Observable, useObservable } from './observable.ts';
import { theme } from './theme.ts';

const formWidth = 60;

/** A screen with one form in the middle, and what a person should read before using it. */
const formScreen = (
  console: Console,
  options: FormOptions,
  notices: Observable<readonly string[]>,
  reason?: string,
): Layer => {
  const form = createForm(console, options);
  return {
    keymap: form.keymap,
    press: form.press,
    paste: form.paste,
    view: size => (
      <Box flexDirection="column" width={size.columns} height={size.rows}>
        <Box flexDirection="column" flexGrow={1} alignItems="center" justifyContent="center">
          <Box flexDirection="column" width={formWidth}>
            <Text bold color={theme.accent}>
              {options.title}
            </Text>
            <Text> </Text>
            <FormView form={form} width={formWidth} />
          </Box>
        </Box>
        <Notices notices={notices} reason={reason} size={size} />
        <KeyHints keymap={form.keymap} width={size.columns} />
      </Box>
    ),
  };
};

type NoticesProps = { notices: Observable<readonly string[]>; reason: string | undefined; size: Size };

const Notices = ({ notices, reason, size }: NoticesProps) => {
  const all = useObservable(notices);
  return (
    <Box flexDirection="column" paddingX={1} width={size.columns}>
      {[...(reason ? [reason] : []), ...all].slice(0, 4).map(notice => (
        <Text key={notice} color={theme.warning}>
          {printable(notice)}
        </Text>
      ))}
    </Box>
  );
};

const text = (name: string, label: string, masked = false) =>
  ({ kind: 'text', name, label, masked }) as const;

type CreateScreen = (
  console: Console,
  go: Navigation,
  notices: Observable<readonly string[]>,
  /** Why the last session ended, where it did so by itself. */
  reason?: string,
) => Layer;

/** The login screen. */
export const createLogin: CreateScreen = (console, go, notices, reason) =>
  formScreen(
    console,
    {
      title: 'Langinfra',
      items: [
        text('username', 'Username'),
        text('password', 'Password', true),
        { kind: 'button', name: 'signIn', label: 'Sign in' },
      ],
      busyText: 'Signing in…',
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
    },
    notices,
    reason,
  );

/** Where there is no superuser yet: whoever sits at this terminal makes the first one, and is signed in. */
export const createFirstSuperuser: CreateScreen = (console, go, notices, reason) =>
  formScreen(
    console,
    {
      title: 'First Superuser',
      about: 'There is no superuser yet. Make the first one:',
      items: [
        text('username', 'Username'),
        text('password', 'Password', true),
        text('confirm', 'Confirm Password', true),
        { kind: 'button', name: 'save', label: 'Save' },
      ],
      busyText: 'Saving…',
      keymap: {
        next: formKeys.next,
        previous: formKeys.previous,
        enter: formKeys.enter,
        save: formKeys.save,
      },
      itemOf: credentialItem,
      submit: async values => {
        const [username, password] = [values.text('username'), values.text('password')];
        if (password !== values.text('confirm')) throw new Refusal('passwords_differ');
        await console.accounts.users.createFirstSuperuser({ username, password });
        console.signedIn.set(await console.accounts.signIn({ username, password, door: 'local' }));
        await go.home();
      },
    },
    notices,
    reason,
  );
