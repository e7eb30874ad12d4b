import type { Key } from 'ink';

/** So long, in milliseconds, what comes after several lines belongs to them: a long text comes in parts. */
const together = 100;

/** Text behind the end of a line, or an empty line behind it. */
const severalLines = /[\r\n][^\r\n]|[^\r\n](\r\n|[\r\n])[\r\n]/;

/**
 * Tells pasted lines from typed ones on a terminal that is not asked to mark them: nobody types several lines within one read.
 * One line with its end is a typed one, which a shell in an editor sends whole.
 */
export const createPasteGuard = (now: () => number = () => performance.now()) => {
  let last = Number.NEGATIVE_INFINITY;
  return (input: string, key: Pick<Key, 'ctrl' | 'meta'>): 'begins' | 'goes on' | undefined => {
    if (input === '' || key.ctrl || key.meta) return undefined;
    const goesOn = now() - last < together;
    if (!goesOn && !severalLines.test(input)) return undefined;
    last = now();
    return goesOn ? 'goes on' : 'begins';
  };
};
