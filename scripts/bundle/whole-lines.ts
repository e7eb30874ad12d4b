import { isPlain } from './plain-text.ts';

/**
 * What the build gives Ink's Output. It puts each text into the cells of its screen, an object each, and makes every line
 * of cells into text again. A line that one text has to itself is that text: only the others, such as those under a
 * dialog, need their cells.
 */

/** What Ink's Output has collected, as far as it is looked at here. */
type Operation =
  | { type: 'write'; x: number; y: number; text: string; transformers: readonly Transformer[] }
  | { type: 'clip' | 'unclip' };
type Transformer = (line: string, index: number) => string;
type Write = Extract<Operation, { type: 'write' }>;

/** So many lines with a style are remembered as they are drawn. */
const mostStyled = 500;
const styled = new Map<string, string>();

/** The texts that have a line of the screen to themselves, by the number of the line. */
export const writesOfWholeLines = (operations: readonly Operation[], height: number): Map<number, Write> => {
  const writes = new Map<number, Write>();
  const shared = new Set<number>();
  let clips = 0;
  for (const operation of operations) {
    if (operation.type !== 'write') {
      clips += operation.type === 'clip' ? 1 : -1;
      continue;
    }
    const { x, y, text } = operation;
    const lines = text.includes('\n') ? text.split('\n').length : 1;
    const isWhole = lines === 1 && clips === 0 && x >= 0 && Number.isInteger(x);
    for (let at = y; at < y + lines; at += 1) {
      if (!isWhole || writes.has(at)) shared.add(at);
      else writes.set(at, operation);
    }
  }
  for (const y of writes.keys()) if (shared.has(y) || !(y >= 0 && y < height)) writes.delete(y);
  return writes;
};

/** The line that a text makes; `drawn` makes it as Ink does, by way of cells. */
export const lineOf = ({ x, text, transformers }: Write, drawn: (line: string) => string): string => {
  const line = transformers.reduce((changed, transformer) => transformer(changed, 0), asDrawn(text, drawn));
  return `${' '.repeat(x)}${asDrawn(line, drawn)}`.trimEnd();
};

const asDrawn = (line: string, drawn: (line: string) => string): string => {
  if (isPlain(line)) return line;
  let made = styled.get(line);
  if (made === undefined) {
    made = drawn(line);
    if (styled.size >= mostStyled) styled.clear();
    styled.set(line, made);
  }
  return made;
};
