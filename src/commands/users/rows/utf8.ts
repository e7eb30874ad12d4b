import { isUtf8 } from 'node:buffer';
import { Refusal } from '../../../refusal.ts';

/** A part of a file that ends with a whole character, and the line it begins on. */
export type Part = { bytes: Buffer; line: number };

const newline = 0x0a;
/** A character is of so many bytes at the most. */
const longestCharacter = 4;

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
    const end = endOfCharacters(bytes);
    rest = bytes.subarray(end);
    if (end > 0) yield part(bytes.subarray(0, end));
  }
  if (rest.length > 0) yield part(rest);
};

/** Where the last whole character ends. Bytes that are no characters are left to the check of the part. */
const endOfCharacters = (bytes: Buffer): number => {
  for (let length = 1; length < longestCharacter && length <= bytes.length; length += 1) {
    const begins = bytes.length - length;
    const wanted = lengthOf(bytes[begins] ?? 0);
    if (wanted > 0) return wanted > length ? begins : bytes.length;
  }
  return bytes.length;
};

/** How many bytes the character has that begins with this one; 0 for one that stands further behind. */
const lengthOf = (first: number): number => {
  if (first < 0x80) return 1;
  if (first < 0xc0) return 0;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : longestCharacter;
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
