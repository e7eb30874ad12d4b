import { Text } from 'ink';
import { fit, printable } from '../text.ts';
import { openCommand } from './command-dialog.tsx';
import type { Console } from './console.ts';
import { Dialog, dialogRoom, dialogWidth } from './dialog.tsx';
import { FieldValue } from './form-view.tsx';
import { actionOf, helpKeys, type Keymap, shownKey } from './keymap.ts';
import type { KeyEntry } from './keymap-parts.ts';
import type { Layer, Size } from './layer.ts';
import { type Derived, derived, type Observable, observable, useObservable } from './observable.ts';
import { runByKeys } from './run-by-keys.ts';
import { placeOf, type Spoken, sentencesOf, spokenKey } from './spoken.ts';
import { type Symbols, useSymbols } from './symbols.ts';
import { edit, insert, type TextInput, textInput, valueOfInput } from './text-input.ts';

const keysWidth = 16;
const filterWidth = 24;
/** Lines of the dialog that are no entries: the filter, an empty one, what is not shown, and two on the chosen entry. */
const otherLines = 5;

/** How well an action is what was typed: it begins what is said of it, or a word of that, or is within one; 0: not at all. */
const rankOf = ({ does, footer = '', keys }: KeyEntry, typed: string): number => {
  const words = `${does} ${footer} ${keys.flatMap(key => [key, shownKey(key)]).join(' ')}`.toLowerCase();
  const wanted = typed.toLowerCase();
  if (words.startsWith(wanted)) return 3;
  if (words.includes(` ${wanted}`)) return 2;
  return words.includes(wanted) ? 1 : 0;
};

/** The actions of a screen whose keys or words contain what was typed: enter does the first, so the best comes first. */
const matching = (keymap: Keymap, typed: string): string[] =>
  Object.entries(keymap)
    .map(([action, entry]) => ({ action, rank: action === 'help' ? 0 : rankOf(entry, typed) }))
    .filter(({ rank }) => rank > 0)
    .toSorted((one, other) => other.rank - one.rank)
    .map(({ action }) => action);

type Below = Pick<Layer, 'keymap' | 'run' | 'whyNot' | 'command' | 'instead'>;

/** Help and command palette of the screen below: made from its key table, filtered by typing, enter does it. */
export const openHelp = (console: Console, below: Below): void => {
  const filter = observable(textInput());
  const at = observable(0);
  const found = (): string[] => matching(below.keymap, valueOfInput(filter.get()));
  const move = (by: number): void =>
    at.update(now => Math.min(Math.max(0, now + by), Math.max(0, found().length - 1)));
  const type = (change: Parameters<typeof filter.update>[0]): void => {
    filter.update(change);
    at.set(0);
  };
  const keys = runByKeys(console, helpKeys, {
    up: () => move(-1),
    down: () => move(1),
    choose: () => {
      const action = found()[at.get()];
      console.close(layer);
      if (action) below.run?.(action);
    },
    entry: () => {
      const action = found()[at.get()];
      const entry = action === undefined ? undefined : below.keymap[action];
      if (action === undefined || !entry) return;
      openCommand(console, {
        keys: entry.keys,
        title: entry.does,
        command: below.command?.(action),
        instead: below.instead?.(action),
        whyNot: below.whyNot?.(action),
      });
    },
    back: () => console.close(layer),
  });

  const layer: Layer = {
    ...keys,
    press: press => (actionOf(helpKeys, press.name) ? keys.press(press) : type(input => edit(input, press))),
    paste: text => type(input => insert(input, text)),
    spoken: helpSpoken(below, filter, at),
    view: size => <Entries below={below} filter={filter} at={at} size={size} />,
  };
  console.open(layer);
};

/** The entries in sentences: `a toggles Active`. */
const helpSpoken = (
  { keymap, whyNot }: Below,
  filter: Observable<TextInput>,
  at: Observable<number>,
): Derived<Spoken> =>
  derived([filter, at], () => {
    const input = filter.get();
    const actions = matching(keymap, valueOfInput(input));
    const things = actions.map((id, index) => ({
      id,
      name: `${keymap[id]?.keys.map(spokenKey).join(' or ')} ${keymap[id]?.does}`,
      more: [notNow(whyNot?.(id)), placeOf(index, actions.length)],
    }));
    const focus = things[at.get()];
    return {
      title: 'Help',
      news: { found: focus ? '' : 'Nothing here does that' },
      focus,
      field: { id: 'filter', label: 'Type to search', hint: 'enter does the chosen thing', input },
      all: () => sentencesOf(things, focus?.id),
    };
  });

const moreText = (above: number, below: number, symbols: Symbols): string =>
  [above > 0 && `${symbols.above} ${above} more`, below > 0 && `${symbols.below} ${below} more`]
    .filter(Boolean)
    .join('  ') || ' ';

const notNow = (reason: string | undefined): string => (reason ? `Not now: ${reason}` : '');

/** Why the chosen action cannot run, else the command that does the same. */
const aboutEntry = ({ whyNot, command, instead }: Below, action: string | undefined): string => {
  if (action === undefined) return ' ';
  const reason = whyNot?.(action);
  return notNow(reason) || printable(command?.(action) ?? instead?.(action) ?? ' ');
};

type EntriesProps = { below: Below; filter: Observable<TextInput>; at: Observable<number>; size: Size };

const Entries = ({ below, filter, at, size }: EntriesProps) => {
  const { keymap } = below;
  const symbols = useSymbols();
  const input = useObservable(filter);
  const chosen = useObservable(at);
  const actions = matching(keymap, valueOfInput(input));
  const room = Math.max(1, dialogRoom(size) - otherLines);
  const from = Math.max(0, Math.min(chosen - Math.floor(room / 2), actions.length - room));
  const width = dialogWidth(size, 'table');
  return (
    <Dialog
      size={size}
      kind="table"
      title="Help"
      lines={Math.min(room, Object.keys(keymap).length) + otherLines}
    >
      <Text wrap="truncate">
        {'Type to search: '}
        <FieldValue input={input} masked={false} hasFocus room={filterWidth} />
      </Text>
      <Text> </Text>
      {actions.length === 0 && <Text>Nothing here does that.</Text>}
      {actions.slice(from, from + room).map((action, index) => {
        const entry = keymap[action];
        const isChosen = from + index === chosen;
        const canRun = below.whyNot?.(action) === undefined;
        const keys = entry?.keys.map(key => shownKey(key, symbols)).join(' ') ?? '';
        const line = `${isChosen ? symbols.marker : ' '} ${fit(keys, keysWidth, symbols.cut)} ${entry?.does}`;
        return (
          <Text key={action} wrap="truncate" inverse={isChosen} dimColor={!canRun}>
            {fit(line, width, symbols.cut)}
          </Text>
        );
      })}
      <Text wrap="truncate">{moreText(from, actions.length - from - room, symbols)}</Text>
      <Text> </Text>
      <Text wrap="truncate">
        {fit(aboutEntry(below, actions[chosen]), width, symbols.cut).trimEnd() || ' '}
      </Text>
    </Dialog>
  );
};
