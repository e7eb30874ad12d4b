import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { widthOf } from '../text.ts';
import type { Size } from './layer.ts';
import { opaque, theme } from './theme.ts';

const widest = 64;

/** Inner width of a dialog: without its border and padding. */
export const dialogWidth = (size: Size): number => Math.min(widest, size.columns - 4) - 4;

/** Lines that texts take in a dialog at most: a word that does not fit leaves the end of a line empty. */
export const linesOf = (texts: readonly string[], size: Size): number =>
  texts.reduce((sum, text) => {
    const lines = Math.ceil(widthOf(text) / dialogWidth(size));
    return sum + (lines > 1 ? lines + 1 : 1);
  }, 0);

type DialogProps = {
  size: Size;
  title: string;
  /** Lines of the content, so that the dialog stands in the middle. */
  lines: number;
  children: ReactNode;
};

/** A box over the screen, opaque, in the middle. It has to be drawn after what it covers. */
export const Dialog = ({ size, title, lines, children }: DialogProps) => {
  const width = dialogWidth(size) + 4;
  const height = Math.min(size.rows, lines + 4);
  return (
    <Box
      position="absolute"
      left={Math.floor((size.columns - width) / 2)}
      top={Math.max(0, Math.floor((size.rows - height) / 2))}
      width={width}
      height={height}
      flexDirection="column"
      borderStyle="round"
      borderColor={theme.accent}
      backgroundColor={opaque}
      paddingX={1}
      overflow="hidden"
    >
      {/* What is too long is cut at the end: without this all lines would shrink, and some vanish. */}
      <Box flexDirection="column" flexShrink={0}>
        <Text bold color={theme.accent} wrap="truncate">
          {title}
        </Text>
        <Text> </Text>
        {children}
      </Box>
    </Box>
  );
};
