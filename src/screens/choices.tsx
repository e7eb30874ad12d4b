import { Text } from 'ink';
import { fit } from '../text.ts';
import { type Derived, derived, type Observable, observable, useObservable } from './observable.ts';
import { placeOf, type Spoken, sentencesOf } from './spoken.ts';
import { useSymbols } from './symbols.ts';

export type Choice = { label: string; choose: () => void };

/** A short list of things to do, one of them chosen. */
export type Choices = {
  /** As they are now: what is offered may change while it is looked at. */
  readonly items: () => readonly Choice[];
  readonly at: Observable<number>;
  move: (by: number) => void;
  choose: () => void;
};

export const createChoices = (items: () => readonly Choice[]): Choices => {
  const at = observable(0);
  return {
    items,
    at,
    move: by => at.update(now => (now + by + items().length) % items().length),
    choose: () => items()[at.get()]?.choose(),
  };
};

/** The choices in sentences, under what their screen says beside. */
export const choicesSpoken = (
  choices: Choices,
  others: readonly Derived<unknown>[],
  about: () => Pick<Spoken, 'title' | 'about' | 'news'>,
): Derived<Spoken> =>
  derived([choices.at, ...others], () => {
    const labels = choices.items().map(({ label }) => label);
    const things = labels.map((name, at) => ({ id: name, name, more: [placeOf(at, labels.length)] }));
    const focus = things[choices.at.get()];
    return { ...about(), focus, all: () => sentencesOf(things, focus?.id) };
  });

export const ChoicesView = ({ choices, width }: { choices: Choices; width: number }) => {
  const at = useObservable(choices.at);
  const { marker, cut } = useSymbols();
  return choices.items().map(({ label }, index) => (
    <Text key={label} wrap="truncate" inverse={index === at} bold={index === at}>
      {fit(`${index === at ? marker : ' '} ${label}`, width, cut)}
    </Text>
  ));
};
