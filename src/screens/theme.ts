/**
 * Colours are names of the terminal's own palette, so that they are readable on light and dark; what matters is
 * never told by colour alone. What is chosen is inverse.
 */
export const theme = {
  accent: 'cyan',
  done: 'green',
  refused: 'red',
  warning: 'yellow',
} as const;

/**
 * A dialog hides what is behind it: Ink fills a box only where it has a background, and a word that is no colour
 * fills it with the terminal's own. test/screens/dialog.test.tsx keeps that.
 */
export const opaque = 'default';
