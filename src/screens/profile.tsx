import { Box, Text } from 'ink';
import type { SignedIn } from '../accounts/sessions.ts';
import { touches } from '../store/touched.ts';
import type { User } from '../store/users.ts';
import { fit, minute, printable } from '../text.ts';
import { answered } from './answered.ts';
import { asCommand } from './as-command.ts';
import { automaticBanner } from './banner.ts';
import { type Choices, ChoicesView, choicesSpoken, createChoices } from './choices.tsx';
import type { Console } from './console.ts';
import { Frame } from './frame.tsx';
import { openHelp } from './help.tsx';
import { type Keymap, profileKeys } from './keymap.ts';
import type { Layer } from './layer.ts';
import type { Navigation } from './navigation.ts';
import { derived, type Observable, observable, useObservable } from './observable.ts';
import { onceMore } from './once-more.ts';
import { createPace } from './pace.ts';
import { runByKeys, screenActions } from './run-by-keys.ts';
import { type KnownSecondStep as Known, secondStepChoices, secondStepWords } from './second-step-forms.ts';
import { labelled } from './spoken.ts';
import { openSshKeys } from './ssh-keys.tsx';
import { useSymbols } from './symbols.ts';
import { openChangePassword } from './user-forms.ts';

const width = 40;
const changePassword = 'Change password';
/** What is left of the narrowest terminal beside the labels and the space around. */
const valueWidth = 64;

const linesOf = (user: User, known: Known) => ({
  Username: user.username,
  Active: user.isActive ? 'yes' : 'no',
  Superuser: user.isSuperuser ? 'yes' : 'no',
  'Last login': user.lastLoginAt ? `${minute(user.lastLoginAt)} UTC` : 'never',
  ...(known && !user.isAutomatic && { 'Second step': secondStepWords(known.state) }),
});

/** The own account: flags, password, and the way out. */
export const createProfile = (console: Console, go: Navigation, signedIn: SignedIn): Layer => {
  const { actor } = signedIn;
  // Somebody may make a superuser of who looks at this page.
  const userNow = (): User => console.signedIn.get()?.user ?? signedIn.user;
  const secondStep = observable<Known>(undefined);
  const choices = createChoices(() => [
    ...(userNow().isAutomatic
      ? []
      : [
          { label: changePassword, choose: () => openChangePassword(console, actor) },
          ...secondStepChoices(console, actor, secondStep.get()),
          {
            label: 'SSH keys',
            choose: () => void console.attempt(() => openSshKeys(console, actor, userNow())),
          },
        ]),
    ...(userNow().isSuperuser ? [{ label: 'Admin Page', choose: () => void go.adminPage() }] : []),
    { label: 'Sign out', choose: () => void go.signOut() },
  ]);
  const read = onceMore(() =>
    answered(console, async () => {
      secondStep.set({ state: await console.accounts.secondStep.own(actor) });
      choices.move(0);
    }),
  );
  // What can be chosen is known then: a key that was pressed before is about what stands there after it.
  let settling: Promise<void> | undefined = read().then(() => {
    settling = undefined;
  });
  const pace = createPace(read);
  const stop = console.accounts.onChange(
    change => touches(change, 'second_step', 'recovery_code', 'user') && pace.hear(),
  );
  const everywhere = screenActions(console, () => openHelp(console, { ...keys, keymap: keymapNow() }));
  const keys = runByKeys(
    console,
    profileKeys,
    {
      ...everywhere.actions,
      up: () => choices.move(-1),
      down: () => choices.move(1),
      choose: choices.choose,
      menu: go.menu,
      back: () => void go.home(),
    },
    action =>
      action === 'back' && !userNow().isSuperuser
        ? 'There is nothing behind this page; q quits'
        : everywhere.whyNot(action),
    action =>
      action === 'choose' && choices.items()[choices.at.get()]?.label === changePassword
        ? asCommand(console, 'passwd', { names: [userNow().username], options: ['--no-must-change'] })
        : undefined,
  );
  /** For an ordinary user there is nothing to go back to, and nothing to acknowledge. */
  const keymapNow = (): Keymap => {
    const { acknowledge, back, ...others } = profileKeys;
    return userNow().isSuperuser ? { ...others, acknowledge, back } : others;
  };
  const spoken = choicesSpoken(choices, [console.signedIn], () => ({
    title: 'Profile',
    about: automaticBanner(console),
    news: labelled(linesOf(userNow(), secondStep.get())),
  }));
  return {
    ...keys,
    get keymap() {
      return keymapNow();
    },
    covers: true,
    settling: () => settling ?? pace.settling(),
    seen: pace.seen,
    close: () => {
      stop();
      pace.close();
    },
    view: size => (
      <Frame console={console} size={size} title="Profile" keymap={keymapNow()}>
        <Account console={console} userNow={userNow} secondStep={secondStep} choices={choices} />
      </Frame>
    ),
    spoken: derived([spoken, secondStep], () => secondStep.get() && spoken.get()),
  };
};

type AccountProps = {
  console: Console;
  userNow: () => User;
  secondStep: Observable<Known>;
  choices: Choices;
};

const Account = ({ console, userNow, secondStep, choices }: AccountProps) => {
  useObservable(console.signedIn);
  const known = useObservable(secondStep);
  const { cut, unprintable } = useSymbols();
  return (
    <Box flexDirection="column" paddingX={2} paddingY={1}>
      {Object.entries(linesOf(userNow(), known)).map(([label, value]) => (
        <Text key={label} wrap="truncate">
          {label.padEnd(12)}
          {fit(printable(value, unprintable), valueWidth, cut)}
        </Text>
      ))}
      <Text> </Text>
      <ChoicesView choices={choices} width={width} />
    </Box>
  );
};
