import { Box, Text } from 'ink';
import { printable, wrapped } from '../text.ts';
import type { Console } from './console.ts';
import { Lines } from './dialog.tsx';
import type { Form } from './form.ts';
import { formSpoken } from './form-spoken.ts';
import { FormView, formLines } from './form-view.tsx';
import { KeyHints, MessageLine } from './frame.tsx';
import type { Layer, Size } from './layer.ts';
import { type Observable, useObservable } from './observable.ts';
import { useSymbols } from './symbols.ts';
import { theme } from './theme.ts';

const formWidth = 60;

/** A screen with one form in the middle, and what a person should read before using it. */
export const formScreen = (console: Console, form: Form, notices: Observable<readonly string[]>): Layer => {
  const { options } = form;
  return {
    keymap: form.keymap,
    covers: true,
    press: form.press,
    paste: form.paste,
    spoken: formSpoken(form, notices),
    close: form.close,
    view: size => (
      <Box flexDirection="column" width={size.columns} height={size.rows}>
        <Box flexDirection="column" flexGrow={1} flexShrink={0} alignItems="center" justifyContent="center">
          <Box flexDirection="column" width={formWidth}>
            <Text bold color={theme.accent}>
              {options.title}
            </Text>
            <Text> </Text>
            <FormView form={form} width={formWidth} />
          </Box>
        </Box>
        <Notices notices={notices} size={size} room={size.rows - formLines(options, size) - 4} />
        <MessageLine console={console} width={size.columns} />
        <KeyHints keymap={form.keymap} width={size.columns} />
      </Box>
    ),
  };
};

type NoticesProps = { notices: Observable<readonly string[]>; size: Size; room: number };

/** As many as there is room for; langinfra config has the rest. */
const Notices = ({ notices, size, room }: NoticesProps) => {
  const { unprintable } = useSymbols();
  const lines = useObservable(notices).flatMap(notice =>
    wrapped(printable(notice, unprintable), size.columns - 2),
  );
  const shown =
    lines.length > room ? [...lines.slice(0, room - 1), 'langinfra config shows the rest.'] : lines;
  return <Lines lines={shown.map(line => ` ${line}`)} color={theme.warning} />;
};
