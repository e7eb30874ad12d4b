import { Box, Text } from 'ink';
import { memo, type ReactNode } from 'react';
import type { User } from '../store/users.ts';
import { fit, printable, widthOf } from '../text.ts';
import { automaticBanner, bannerLines, recoveryBanner } from './banner.ts';
import type { Console } from './console.ts';
import { type Keymap, shownKey } from './keymap.ts';
import type { Size } from './layer.ts';
import { messageText } from './messages.ts';
import { useObservable } from './observable.ts';
import { spokenName } from './spoken.ts';
import { useSymbols } from './symbols.ts';
import { theme } from './theme.ts';

/** Who is signed in, as a sentence. */
export const signedInSentence = (console: Console): string => {
  const user = console.signedIn.get()?.user;
  return user ? `Signed in as ${spokenName(user.username)}, ${roleOf(user)}` : '';
};

const roleOf = ({ isSuperuser }: User): string => (isSuperuser ? 'superuser' : 'user');

/** Lines of a frame that are not its content: title, message, footer, and the banner. */
export const frameLines = (console: Console): number => 3 + bannerLines(console);

/** Calls the listener whenever a screen may have more or less room. Gives a function that stops it. */
export const onRoomChange = ({ size, recoveries }: Console, listener: () => void): (() => void) => {
  const stops = [size.subscribe(listener), recoveries.subscribe(listener)];
  return () => {
    for (const stop of stops) stop();
  };
};

type FrameProps = {
  console: Console;
  size: Size;
  title: string;
  /** The keys of the screen; while a dialog is open, the footer shows the dialog's. */
  keymap: Keymap;
  children: ReactNode;
};

type LineProps = { console: Console; width: number };
type HeadingProps = LineProps & { title: string };

/** The first line: which screen it is, and who is signed in. */
export const Heading = memo(({ console, width, title }: HeadingProps) => {
  const signedIn = useObservable(console.signedIn);
  const symbols = useSymbols();
  const who = signedIn
    ? [printable(signedIn.user.username, symbols.unprintable), roleOf(signedIn.user), 'times in UTC'].join(
        ` ${symbols.separator} `,
      )
    : '';
  const heading = ` Langinfra ${symbols.marker} ${title}`;
  const room = Math.max(0, width - widthOf(heading) - 3);
  const right = fit(who, Math.min(widthOf(who), room), symbols.cut);
  const between = ' '.repeat(Math.max(1, width - widthOf(heading) - widthOf(right) - 1));
  return (
    <Text wrap="truncate">
      <Text bold color={theme.accent}>
        {heading}
      </Text>
      {between}
      {right}
    </Text>
  );
});

/** What a person has to know whatever else is on the screen. */
const Banner = memo(({ console, width }: LineProps) => {
  useObservable(console.signedIn);
  useObservable(console.recoveries);
  useObservable(console.shown);
  const { cut } = useSymbols();
  return [...automaticBanner(console), ...recoveryBanner(console, { width: width - 1, cut })].map(line => (
    <Text key={line} wrap="truncate" color={theme.warning}>
      {fit(` ${line}`, width, cut)}
    </Text>
  ));
});

/** Title, banner, content, message and footer of a screen; exactly as tall as the terminal. */
export const Frame = ({ console, size, title, keymap, children }: FrameProps) => {
  const over = useObservable(console.shown).at(-1);
  return (
    <Box flexDirection="column" width={size.columns} height={size.rows}>
      <Heading console={console} width={size.columns} title={title} />
      <Banner console={console} width={size.columns} />
      <Box flexDirection="column" flexGrow={1}>
        {children}
      </Box>
      <MessageLine console={console} width={size.columns} />
      <KeyHints keymap={over && !over.covers ? over.keymap : keymap} width={size.columns} />
    </Box>
  );
};

const colours = { done: theme.done, refused: theme.refused, note: theme.warning } as const;

/** What was done, or why not; an empty line where nothing was said. */
export const MessageLine = memo(({ console, width }: LineProps) => {
  const message = useObservable(console.messages.shown);
  const symbols = useSymbols();
  if (!message) return <Text> </Text>;
  const undo = message.undo ? ` ${symbols.separator} u undoes it` : '';
  const text = fit(messageText(message), width - 2 - undo.length, symbols.cut).trimEnd();
  return (
    <Text wrap="truncate">
      <Text color={colours[message.kind]}>{` ${text}`}</Text>
      {undo}
    </Text>
  );
});

/** Keys that are always shown, at the end. */
const pinned = ['help', 'quit'];

/** The keys of a screen in one line: as many as there is room for, the most useful first. */
export const KeyHints = memo(({ keymap, width }: { keymap: Keymap; width: number }) => {
  const symbols = useSymbols();
  const shown = Object.entries(keymap).filter(([, entry]) => entry.footer !== undefined);
  const last = shown.filter(([action]) => pinned.includes(action));
  const first = shown.filter(([action]) => !pinned.includes(action));
  const lengthOf = (entries: typeof shown): number =>
    entries.reduce(
      (sum, [, { keys, footer }]) =>
        sum + widthOf(shownKey(keys[0] ?? '', symbols)) + (footer?.length ?? 0) + 3,
      0,
    );
  while (first.length > 0 && lengthOf([...first, ...last]) > width - 1) first.pop();
  return (
    <Text wrap="truncate">
      {' '}
      {[...first, ...last].map(([action, { keys, footer }]) => (
        <Text key={action}>
          <Text bold>{shownKey(keys[0] ?? '', symbols)}</Text>
          {` ${footer}  `}
        </Text>
      ))}
    </Text>
  );
});
