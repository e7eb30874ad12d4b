import { widthOf } from '../text.ts';

/** A word, the end of a line with what it begins with, or blanks. */
const parts = /[^ \r\n]+|[\r\n]+| /g;

/**
 * Wraps text at its words as it comes: the terminal would at its edge. A word that is being typed there it has to wrap
 * still. `columns` is how many there are now.
 */
export const createWrap = (columns: () => number) => {
  let column = 0;
  let isBetween = false;
  const placed = (part: string): string => {
    if (/^[\r\n]/.test(part)) {
      column = 0;
      isBetween = false;
      return part;
    }
    const width = widthOf(part);
    const isWord = part !== ' ';
    const breaks = isWord ? isBetween && column + width > columns() : column >= columns();
    isBetween = !isWord;
    column = breaks ? (isWord ? width : 0) : column + width;
    if (!breaks) return part;
    return isWord ? `\r\n${part}` : '\r\n';
  };
  return {
    wrap: (text: string): string => text.replace(parts, placed),
    /** What comes next begins a line. */
    reset: (): void => {
      column = 0;
      isBetween = false;
    },
  };
};
