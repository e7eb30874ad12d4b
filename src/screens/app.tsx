import { Box, type Key, Text, useApp, useInput, usePaste } from 'ink';
import { Component, Fragment, type ReactNode, useEffect, useState } from 'react';
import { bannerLines } from './banner.ts';
import type { Console } from './console.ts';
import { isTooSmall, leastSize, type Size, uncovered } from './layer.ts';
import { useObservable } from './observable.ts';
import { createPasteGuard } from './pasted-lines.ts';
import { type Press, pressesOf } from './press.ts';

/** The whole console: hands keys and pasted text on, and draws every layer over the one below it. */
export const App = ({ console }: { console: Console }) => {
  const layers = useObservable(console.shown);
  const size = useObservable(console.size);
  useObservable(console.signedIn);
  useObservable(console.recoveries);
  const room = { ...size, uncovered: 1 + bannerLines(console) };
  useTerminal(console);
  return (
    <ErrorBoundary>
      {isTooSmall(size) ? (
        <TooSmall size={size} />
      ) : (
        <Box width={size.columns} height={size.rows}>
          {uncovered(layers).map((layer, depth) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a layer's place is what it is: nothing is ever reordered.
            <Fragment key={depth}>{layer.view(room)}</Fragment>
          ))}
        </Box>
      )}
    </ErrorBoundary>
  );
};

/** For a console that is heard: takes its keys and draws nothing. Its terminal gets text only, and marks no paste. */
export const Keys = ({ console }: { console: Console }) => {
  const [pastes] = useState(() => createPasteGuard());
  useTerminal(console, (input, key) => {
    const paste = pastes(input, key);
    if (paste === undefined) return pressUntilAsked(console, pressesOf(input, key));
    if (paste === 'begins') console.say({ kind: 'note', text: severalLines });
    console.paste(input.replace(/^[\r\n]+/, ''));
  });
  return null;
};

const severalLines = 'Several lines came at once: Enter was not pressed for them';

/** Presses keys that came at once. Those behind one that asks something are no answer: nobody has heard the question yet. */
const pressUntilAsked = (console: Console, presses: readonly Press[]): void => {
  for (const press of presses) {
    const before = console.shown.get().at(-1);
    console.press(press);
    const top = console.shown.get().at(-1);
    if (top && top !== before && 'yes' in top.keymap) return;
  }
};

const useTerminal = (
  console: Console,
  take: (input: string, key: Key) => void = (input, key) => {
    for (const press of pressesOf(input, key)) console.press(press);
  },
): void => {
  useInput(take);
  usePaste(text => console.paste(text));
  useSuspension(console);
};

/** Gives the terminal back, stops the process, and takes the terminal again. */
const useSuspension = ({ accounts, suspending, host }: Console): void => {
  const isSuspending = useObservable(suspending);
  const { suspendTerminal, exit } = useApp();
  const { stop, redraw } = host;
  useEffect(() => {
    if (!isSuspending || !stop) return undefined;
    let isOver = false;
    // A process that stops in the middle of a change keeps the database from everybody until somebody types fg.
    accounts
      .betweenWrites(async () => {
        if (!isOver) await suspendTerminal(stop);
      })
      .then(() => {
        suspending.set(false);
        redraw();
      }, exit);
    return () => {
      isOver = true;
    };
  }, [accounts, isSuspending, stop, redraw, suspendTerminal, suspending, exit]);
};

const TooSmall = ({ size }: { size: Size }) => (
  <Box width={size.columns} height={size.rows} overflow="hidden">
    <Text>
      {`Langinfra needs ${leastSize.columns}x${leastSize.rows}; this terminal is ${size.columns}x${size.rows}. q quits.`}
    </Text>
  </Box>
);

type BoundaryProps = { children: ReactNode; fail: (error: Error) => void };

/** Ink would draw an error with source lines and paths on the screen; here it ends the console with one line. */
class Boundary extends Component<BoundaryProps, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError = () => ({ failed: true });
  override componentDidCatch(error: Error) {
    this.props.fail(error);
  }
  override render() {
    return this.state.failed ? null : this.props.children;
  }
}

const ErrorBoundary = ({ children }: { children: ReactNode }) => {
  const { exit } = useApp();
  return <Boundary fail={error => exit(error)}>{children}</Boundary>;
};
