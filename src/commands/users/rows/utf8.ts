import { isUtf8 } from 'node:buffer';
import { Refusal } from '../../../refusal.ts';

/** A part of a file that ends with a whole character, and the line it begins on. */
export type Part = { bytes: Buffer; line: number };

const newline = 0x0a;
const lastOfAscii = 0x7f;

/**
 * A file in parts, each of whole characters. Throws bad_file where it is not UTF-8, with the line: decoding would put
 * U+FFFD in the place of what was meant.
 */
export const utf8Parts = async function* (
  input: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<Part, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  let line = 1;
  const part = (bytes: Buffer): Part => {
    if (!isUtf8(bytes))
      throw new Refusal('bad_file', {
        path,
        place: line + linesBeforeFault(bytes),
        sentence: 'it is not valid UTF-8',
      });
    const started = line;
    line += linesIn(bytes);
    return { bytes, line: started };
  };
  for await (const chunk of input) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : Buffer.from(chunk);
    // Behind a character of ASCII none is cut in two.
    const end = bytes.findLastIndex(byte => byte <= lastOfAscii) + 1;
    rest = bytes.subarray(end);
    if (end > 0) yield part(bytes.subarray(0, end));
  }
  if (rest.length > 0) yield part(rest);
};

const linesIn = (bytes: Buffer): number => {
  let count = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) count += 1;
  return count;
};

const linesBeforeFault = (bytes: Buffer): number => {
  let lines = 0;
  for (let from = 0; ; lines += 1) {
    const end = bytes.indexOf(newline, from);
    if (end < 0 || !isUtf8(bytes.subarray(from, end))) return lines;
    from = end + 1;
  }
};
