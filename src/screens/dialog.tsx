import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { fit, printable, wrapped } from '../text.ts';
import type { Size } from './layer.ts';
import { useSymbols } from './symbols.ts';
import { opaque, theme } from './theme.ts';

/** Widths of a dialog with its border, where the terminal has them: a line of text is read, a table is looked up. */
const widths = { text: 64, table: 96 };
export type DialogKind = keyof typeof widths;

/** Inner width of a dialog: without its border and padding. */
export const dialogWidth = (size: Size, kind: DialogKind = 'text'): number =>
  Math.min(widths[kind], size.columns - 4) - 4;

/** The lines that texts take in a dialog. */
export const linesOf = (texts: readonly string[], size: Size): string[] =>
  texts.flatMap(text => wrapped(text, dialogWidth(size)));

/** Lines as they are; an empty one keeps its place. */
export const Lines = ({ lines, ...colour }: { lines: readonly string[]; color?: string }) =>
  lines.map((line, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a username may be the same as another line.
    <Text key={at} wrap="truncate" {...colour}>
      {line || ' '}
    </Text>
  ));

type DialogProps = {
  size: Size;
  kind?: DialogKind;
  /** May be a username as it is stored. */
  title: string;
  /** Lines of the content, so that the dialog stands in the middle. */
  lines: number;
  children: ReactNode;
};

/** Lines of a dialog that are no content: its border, its title and the line below that. */
const dialogFrame = 4;
/** No dialog covers the first lines, which say where one is, and the last two: what was done and what can be done. */
const linesAbove = ({ uncovered = 1 }: Size): number => uncovered;
const linesBelow = 2;

/** Lines of content that a dialog has room for. */
export const dialogRoom = (size: Size): number => size.rows - linesAbove(size) - linesBelow - dialogFrame;

/** A box over the screen, opaque, in the middle. It has to be drawn after what it covers. */
export const Dialog = ({ size, kind = 'text', title, lines, children }: DialogProps) => {
  const symbols = useSymbols();
  const inner = dialogWidth(size, kind);
  const above = linesAbove(size);
  const width = inner + 4;
  const height = Math.min(lines, dialogRoom(size)) + dialogFrame;
  return (
    <Box
      position="absolute"
      left={Math.floor((size.columns - width) / 2)}
      top={above + Math.floor((size.rows - above - linesBelow - height) / 2)}
      width={width}
      height={height}
      flexDirection="column"
      borderStyle={symbols.border}
      borderColor={theme.accent}
      backgroundColor={opaque}
      paddingX={1}
      overflow="hidden"
    >
      {/* What is too long is cut at the end: without this all lines would shrink, and some vanish. */}
      <Box flexDirection="column" flexShrink={0}>
        <Text bold color={theme.accent} wrap="truncate">
          {fit(printable(title, symbols.unprintable), inner, symbols.cut)}
        </Text>
        <Text> </Text>
        {children}
      </Box>
    </Box>
  );
};
