import type { Form, FormItem, FormState } from './form.ts';
import { type Derived, derived } from './observable.ts';
import { charactersOf, type Spoken, sentenceOf, type Thing } from './spoken.ts';
import { textInput, valueOfInput } from './text-input.ts';

const nothing: Derived<readonly string[]> = { get: () => [], subscribe: () => () => {} };

/** A form in sentences: each item with its value and what can be done with it, and each error with its item. */
export const formSpoken = ({ options, state }: Form, notices = nothing): Derived<Spoken> =>
  derived([state, notices], () => {
    const now = state.get();
    const { title, about = '', items } = options;
    const item = items[now.focus];
    return {
      title,
      about: [about, ...notices.get()],
      news: {
        ...Object.fromEntries(items.map(({ name, label }) => [name, errorOf(now, name, `${label}: `)])),
        ...Object.fromEntries(items.map(({ name }) => [`about ${name}`, now.hints[name]?.spoken ?? ''])),
        form: errorOf(now, '', ''),
        busy: now.busy,
      },
      // While the store is asked nothing can be typed.
      ...(item && now.busy === '' && cursorOf(item, now)),
      all: () => items.map(each => sentenceOf(thingOf(each, now)) + (each === item ? ', selected' : '')),
    };
  });

const errorOf = ({ errors }: FormState, name: string, label: string): string =>
  errors[name] ? `${label}${errors[name]}` : '';

const cursorOf = (item: FormItem, now: FormState): Pick<Spoken, 'focus' | 'field'> => {
  if (item.kind !== 'text') return { focus: thingOf(item, now) };
  const { name, label, masked = false } = item;
  const hint = masked ? 'hidden text' : 'text';
  return { field: { id: name, label, hint, input: now.texts[name] ?? textInput(), isMasked: masked } };
};

const thingOf = (item: FormItem, { texts, flags }: FormState): Thing => {
  const { name: id, label: name } = item;
  if (item.kind === 'button') return { id, name, more: ['button', 'enter presses it'] };
  if (item.kind === 'checkbox')
    return {
      id,
      name,
      facts: [flags[id] ? 'checked' : 'not checked'],
      more: ['checkbox', 'space changes it'],
    };
  const input = texts[id] ?? textInput();
  const value = item.masked ? charactersOf(input) : valueOfInput(input);
  return { id, name, more: ['text', input.characters.length === 0 ? 'empty' : value] };
};
