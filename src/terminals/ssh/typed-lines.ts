import { Transform } from 'node:stream';

const enter = 0x0d;
const newline = 0x0a;
const endOfText = 0x03;
const endOfTransmission = 0x04;

/**
 * What is typed on a client's terminal, as lines: it sends keys, and nothing on this side makes lines of them. ctrl-d ends
 * the input, and ctrl-c the command. Nothing is shown as it is typed: it may be a password.
 */
export const typedLines = (interrupt: () => void): Transform =>
  new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const end = chunk.findIndex(byte => byte === endOfText || byte === endOfTransmission);
      const typed = end < 0 ? chunk : chunk.subarray(0, end);
      done(
        null,
        typed.map(byte => (byte === enter ? newline : byte)),
      );
      if (end < 0) return;
      if (chunk[end] === endOfText) interrupt();
      this.push(null);
    },
  });
