import { Text } from 'ink';
import type { BulkOptions } from '../accounts/bulk.ts';
import { grouped } from '../text.ts';
import type { Console } from './console.ts';
import { Dialog } from './dialog.tsx';
import { progressKeys } from './keymap.ts';
import type { Layer, Size } from './layer.ts';
import { derived, type Observable, observable, useObservable } from './observable.ts';
import type { Press } from './press.ts';

/** What takes no longer, in milliseconds, shows no dialog. */
const patience = 300;

export type Work<Result> = {
  title: string;
  /** How many users there are to change. */
  total: number;
  run: (options: BulkOptions) => Promise<Result>;
};

/**
 * Runs a change of many users, with its progress where it takes long; esc takes everything back, and the answer is
 * nothing then. Keys pressed before the dialog shows are meant for what comes after it: where nothing was done, for
 * nothing.
 */
export const runWithProgress = async <Result,>(
  console: Console,
  { title, total, run }: Work<Result>,
): Promise<Result | undefined> => {
  const shown = observable(false);
  const done = observable(0);
  const stopped = observable(false);
  const stop = new AbortController();
  const early: Press[] = [];
  const takeBack = (): void => {
    stopped.set(true);
    stop.abort();
  };
  const session = console.signedIn.get()?.session.id;
  const layer: Layer = {
    keymap: progressKeys,
    press: press => {
      if (!shown.get()) early.push(press);
      else if (press.name === 'esc') takeBack();
    },
    takeBack,
    view: size => <Progress {...{ title, total, shown, done, stopped, size }} />,
    spoken: derived([shown, done, stopped], () =>
      shown.get()
        ? { title, news: { done: tenthsOf(done.get(), total), stopped: stopped.get() ? takingBack : '' } }
        : undefined,
    ),
    close: () => stop.abort(),
  };
  const showing = setTimeout(() => shown.set(true), patience);
  console.open(layer);
  try {
    return await run({ onProgress: done.set, signal: stop.signal });
  } catch (error) {
    early.length = 0;
    if (error !== stop.signal.reason) throw error;
    // Who sees the screen after a session has ended may be somebody else.
    if (console.signedIn.get()?.session.id === session)
      console.say({ kind: 'note', text: 'Everything was taken back' });
    return undefined;
  } finally {
    clearTimeout(showing);
    console.close(layer);
    // Behind the lock screen nothing comes after it.
    if (console.lockScreen.get().length === 0) for (const press of early) console.press(press);
  }
};

const takingBack = 'Taking everything back...';

/** Heard ten times at the most, however many users there are. */
const tenthsOf = (done: number, total: number): string =>
  done < total ? `${10 * Math.floor((10 * done) / total)} percent` : 'Writing it down';

type ProgressProps = {
  title: string;
  total: number;
  shown: Observable<boolean>;
  done: Observable<number>;
  stopped: Observable<boolean>;
  size: Size;
};

const barWidth = 40;

const Progress = ({ title, total, shown, done, stopped, size }: ProgressProps) => {
  const isShown = useObservable(shown);
  const now = useObservable(done);
  const isStopped = useObservable(stopped);
  if (!isShown) return null;
  const full = Math.floor((barWidth * Math.min(now, total)) / Math.max(1, total));
  const text = now < total ? `${grouped(now)} of ${grouped(total)}` : 'Writing it down';
  return (
    <Dialog size={size} title={title} lines={3}>
      <Text wrap="truncate">{text}</Text>
      <Text wrap="truncate">{`[${'#'.repeat(full)}${'.'.repeat(barWidth - full)}]`}</Text>
      <Text wrap="truncate">{isStopped ? takingBack : 'esc takes everything back'}</Text>
    </Dialog>
  );
};
