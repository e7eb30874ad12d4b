import { Box, Text } from 'ink';
import { fit, printable, widthOf, wrapped } from '../text.ts';
import { Lines, linesOf } from './dialog.tsx';
import type { Form, FormItem, FormOptions, FormState, Hint } from './form.ts';
import type { Size } from './layer.ts';
import { useObservable } from './observable.ts';
import { useSymbols } from './symbols.ts';
import type { TextInput } from './text-input.ts';
import { theme } from './theme.ts';

const labelWidth = 18;
/** The marker, the box, and a space after each. */
const checkboxWidth = 6;
/** A stale change names both values of everything that is different. */
const errorLines = 3;

/** The lines a form takes in a dialog. */
export const formLines = ({ items, about }: Pick<FormOptions, 'items' | 'about'>, size: Size): number =>
  (about ? linesOf([about], size).length + 1 : 0) +
  items.filter(item => item.kind === 'text').length * 2 +
  items.filter(item => item.kind === 'checkbox').length +
  2 +
  errorLines;

/** The fields, checkboxes and buttons of a form. The one with the focus has a marker, whatever the colours. */
export const FormView = ({ form, width }: { form: Form; width: number }) => {
  const state = useObservable(form.state);
  const { items, about } = form.options;
  const focused = items[state.focus];
  const buttons = items.filter(item => item.kind === 'button');
  return (
    <Box flexDirection="column">
      {about && <Lines lines={[...wrapped(about, width), '']} />}
      {items.map(item => (
        <Item key={item.name} item={item} state={state} hasFocus={item === focused} width={width} />
      ))}
      <Text> </Text>
      <Text wrap="truncate">
        {'  '}
        {buttons.map(item => (
          <Text key={item.name}>
            <Text inverse={item === focused} bold={item === focused}>{`[ ${item.label} ]`}</Text>
            {'  '}
          </Text>
        ))}
      </Text>
      <Box height={errorLines} paddingLeft={2} overflow="hidden" flexDirection="column">
        <Lines
          lines={wrapped(state.busy || (state.errors[''] ?? ''), width - 2)}
          color={state.busy ? theme.warning : theme.refused}
        />
      </Box>
    </Box>
  );
};

type ItemProps = { item: FormItem; state: FormState; hasFocus: boolean; width: number };

const Item = ({ item, state, hasFocus, width }: ItemProps) => {
  const symbols = useSymbols();
  const marker = hasFocus ? `${symbols.marker} ` : '  ';
  const label = fit(item.label, labelWidth);
  const error = state.errors[item.name] ?? '';
  if (item.kind === 'button') return null;
  if (item.kind === 'checkbox') {
    return (
      <Text wrap="truncate">
        {marker}
        <Text inverse={hasFocus}>{state.flags[item.name] ? '[x]' : '[ ]'}</Text>
        <Text bold={hasFocus}>{` ${item.label}`}</Text>
        <Text color={theme.refused}>
          {error && fit(`  ${error}`, width - item.label.length - checkboxWidth, symbols.cut)}
        </Text>
      </Text>
    );
  }
  const room = width - labelWidth - 3;
  const input = state.texts[item.name];
  const hint = state.hints[item.name];
  return (
    <Box flexDirection="column">
      <Text wrap="truncate">
        {marker}
        <Text bold={hasFocus}>{label}</Text>
        {input && <FieldValue input={input} masked={item.masked ?? false} hasFocus={hasFocus} room={room} />}
      </Text>
      <Text wrap="truncate" {...colourBelow(error, hint)}>
        {fit(`  ${error || (hint?.text ?? '')}`, width, symbols.cut)}
      </Text>
    </Box>
  );
};

const colourBelow = (error: string, hint: Hint | undefined): { color?: string } => {
  if (error) return { color: theme.refused };
  return hint?.isWarning ? { color: theme.warning } : {};
};

type FieldProps = { input: TextInput; masked: boolean; hasFocus: boolean; room: number };

/** What is typed, on an underlined line; the caret is inverse, and long text scrolls so that it stays in sight. */
export const FieldValue = ({ input, masked, hasFocus, room }: FieldProps) => {
  const symbols = useSymbols();
  const shown = input.characters.map(character =>
    masked ? symbols.masked : printable(character, symbols.unprintable),
  );
  let from = input.caret;
  for (let left = room - 2; from > 0; from -= 1) {
    left -= widthOf(shown[from - 1] ?? '');
    if (left < 0) break;
  }
  const before = shown.slice(from, input.caret).join('');
  if (!hasFocus) return <Text underline>{fit(shown.join(''), room, symbols.cut)}</Text>;
  const at = shown[input.caret] ?? ' ';
  const after = shown.slice(input.caret + 1).join('');
  return (
    <Text>
      <Text underline>{before}</Text>
      <Text inverse>{at}</Text>
      <Text underline>{fit(after, Math.max(0, room - widthOf(before) - widthOf(at)), symbols.cut)}</Text>
    </Text>
  );
};
