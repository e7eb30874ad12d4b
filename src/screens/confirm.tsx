import { Text } from 'ink';
import { openCommand } from './command-dialog.tsx';
import type { Console } from './console.ts';
import { Dialog, Lines, linesOf } from './dialog.tsx';
import { confirmKeys } from './keymap.ts';
import type { Layer } from './layer.ts';
import { derived, type Observable, observable, useObservable } from './observable.ts';
import { runByKeys } from './run-by-keys.ts';
import { placeOf, type Spoken, sentencesOf } from './spoken.ts';

export type Question = {
  title: string;
  /** What will happen, a line each. */
  lines: readonly string[];
  /** The word on the button that does it. */
  yes: string;
  /** What does the same in a shell. */
  command: string | undefined;
  /** What is said where nothing does. */
  instead?: string | undefined;
  confirmed: () => void;
  declined?: () => void;
};

export type Answer = 'cancel' | 'yes';

/** Asks before what may be regretted: starts on Cancel, `y` and `n` answer at once. */
export const openConfirm = (
  console: Console,
  { title, lines, yes, command, instead, confirmed, declined }: Question,
): void => {
  const chosen = observable<Answer>('cancel');
  const answer = (doIt: boolean): void => {
    console.close(layer);
    if (doIt) confirmed();
    else declined?.();
  };
  const layer: Layer = {
    ...runByKeys(console, confirmKeys, {
      yes: () => answer(true),
      no: () => answer(false),
      move: () => chosen.update(now => (now === 'cancel' ? 'yes' : 'cancel')),
      choose: () => answer(chosen.get() === 'yes'),
      command: () => openCommand(console, { title: yes, command, instead }),
    }),
    view: size => {
      const shown = linesOf(lines, size);
      return (
        <Dialog size={size} title={title} lines={shown.length + 2}>
          <Lines lines={shown} />
          <Text> </Text>
          <ConfirmButtons chosen={chosen} yes={yes} />
        </Dialog>
      );
    },
    spoken: derived([chosen], () => ({ title, about: lines, ...answersSpoken(chosen.get(), yes) })),
  };
  console.open(layer);
};

const ConfirmButtons = ({ chosen, yes }: { chosen: Observable<Answer>; yes: string }) => (
  <Buttons chosen={useObservable(chosen)} yes={yes} />
);

export const Buttons = ({ chosen, yes }: { chosen: Answer; yes: string }) => (
  <Text>
    <Text inverse={chosen === 'cancel'} bold={chosen === 'cancel'}>
      [ Cancel ]
    </Text>
    {'  '}
    <Text inverse={chosen === 'yes'} bold={chosen === 'yes'}>{`[ ${yes} ]`}</Text>
  </Text>
);

/** The same two in sentences. */
export const answersSpoken = (chosen: Answer, yes: string): Pick<Spoken, 'focus' | 'all'> => {
  const answers = [
    { id: 'cancel', name: 'Cancel', more: ['button', placeOf(0, 2)] },
    { id: 'yes', name: yes, more: ['button', placeOf(1, 2)] },
  ];
  return { focus: answers.find(({ id }) => id === chosen), all: () => sentencesOf(answers, chosen) };
};
