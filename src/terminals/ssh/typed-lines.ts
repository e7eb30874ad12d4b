import { Transform } from 'node:stream';

const endOfText = '\x03';
const endOfTransmission = '\x04';
/** In bytes. A line that is longer is handed on as it comes: whoever reads it refuses it, and it is not all kept here. */
const longestLine = 4096;

/** What is left of a line at a key that takes something of it away, as terminals do. Each character is a byte. */
const erasing: Readonly<Record<string, (line: string) => string>> = {
  // One character of UTF-8, whose other bytes are 0x80 to 0xbf.
  '\x7f': line => line.replace(/[^\x80-\xbf]?[\x80-\xbf]*$/, ''),
  '\b': line => line.replace(/[^\x80-\xbf]?[\x80-\xbf]*$/, ''),
  '\x15': () => '',
  '\x17': line => line.replace(/[^ \t]*[ \t]*$/, ''),
};

/**
 * What is typed on a client's terminal, as lines: it sends keys, and nothing on this side makes lines of them. The keys that
 * erase do so (backspace, ctrl-h, ctrl-u and ctrl-w), ctrl-d ends the input, and ctrl-c the command, without the line that
 * was begun. Nothing is shown as it is typed: it may be a password.
 */
export const typedLines = (interrupt: () => void): Transform => {
  let line = '';
  let isOver = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const handOn = (text: string): void => {
        if (text) this.push(Buffer.from(text, 'latin1'));
        line = '';
      };
      const end = (last: string): void => {
        isOver = true;
        handOn(last);
        this.push(null);
      };
      for (const key of chunk.toString('latin1')) {
        if (isOver) break;
        if (key === endOfText) {
          end('');
          interrupt();
        } else if (key === endOfTransmission) end(line);
        else if (key === '\r' || key === '\n') handOn(`${line}\n`);
        else line = erasing[key]?.(line) ?? line + key;
        if (line.length > longestLine) handOn(line);
      }
      done();
    },
    flush(done) {
      done(null, line && !isOver ? Buffer.from(line, 'latin1') : null);
    },
  });
};
