import { isUtf8 } from 'node:buffer';
import { Refusal } from '../refusal.ts';

const newline = 0x0a;
/** In bytes. Nothing that is asked for is longer, and a client may send without an end. */
const longestLine = 4096;

/**
 * The lines of a pipe, byte by byte as they were sent: a line ends at \n alone, and one \r before it is dropped. The
 * last one needs no end. Node's readline would end one at U+2028 or a lone \r too, which may stand in a password.
 * Throws wrong_use where a line is longer than 4 KiB, without reading on, or is not UTF-8: decoding would put U+FFFD in the
 * place of what was meant.
 */
export const linesOf = async function* (input: AsyncIterable<Uint8Array>): AsyncGenerator<string, undefined> {
  let rest = Buffer.alloc(0);
  for await (const chunk of input) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline)) {
      yield textOf(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
    }
    if (rest.length > longestLine) throw tooLong();
  }
  if (rest.length > 0) yield textOf(rest);
};

const tooLong = () => new Refusal('wrong_use', { sentence: 'A line from stdin is longer than 4 KiB' });

const textOf = (bytes: Buffer): string => {
  if (bytes.length > longestLine) throw tooLong();
  if (!isUtf8(bytes)) throw new Refusal('wrong_use', { sentence: 'What came from stdin is not valid UTF-8' });
  return bytes.toString().replace(/\r$/, '');
};
