import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linesOf } from '../../src/commands/piped-lines.ts';

const read = (...chunks: (string | Buffer)[]) =>
  Array.fromAsync(linesOf(Readable.from(chunks.map(chunk => Buffer.from(chunk)))));

describe('a line that is piped in', () => {
  test.each([
    ['ends at a newline', 'ada\ncorrect horse\n', ['ada', 'correct horse']],
    ['needs no end where it is the last', 'ada\ncorrect horse', ['ada', 'correct horse']],
    ['may end as on Windows', 'ada\r\ncorrect horse\r\n', ['ada', 'correct horse']],
    ['loses one carriage return, no more', 'ada\r\r\n', ['ada\r']],
    ['keeps one in its middle', 'correct\rhorse\n', ['correct\rhorse']],
    [
      'keeps the separators of Unicode',
      'correct\u2028horse\u2029battery\u0085\n',
      ['correct\u2028horse\u2029battery\u0085'],
    ],
    ['keeps its spaces', '  ada \n', ['  ada ']],
    ['may be empty', '\n\nada', ['', '', 'ada']],
    ['is none where nothing comes', '', []],
  ])('%s', async (_, text, lines) => {
    expect(await read(text)).toEqual(lines);
  });

  test('is the same however the bytes arrive', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'ä', '🦊', '\n', '\r', '\u2028') });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(20)), async (whole, cuts) => {
        const bytes = Buffer.from(whole);
        const places = [0, ...cuts.filter(at => at < bytes.length).toSorted((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((to, at) => bytes.subarray(places[at], to));
        expect(await read(...chunks)).toEqual(await read(bytes));
      }),
    );
  });

  test.each([
    ['without an end', 'a', 64],
    ['with one in the same piece', `${'a'.repeat(5000)}\n`, 1],
  ])('is no longer than 4 KiB, %s: no more than that is read', async (_, text, most) => {
    let pieces = 0;
    const endless = async function* () {
      for (; pieces < 100_000; pieces += 1) yield Buffer.from(text.length === 1 ? text.repeat(100) : text);
    };
    await expect(linesOf(endless()).next()).rejects.toMatchObject({
      code: 'wrong_use',
      message: 'A line from stdin is longer than 4 KiB',
    });
    expect(pieces).toBeLessThan(most);
  });

  test.each([[[0xff]], [[0x61, 0xc3, 0x0a]], [[0xed, 0xa0, 0x80]]])(
    'is refused where it is not UTF-8: %j',
    async bytes => {
      await expect(read(Buffer.from(bytes))).rejects.toMatchObject({ code: 'wrong_use', exit: 2 });
    },
  );
});
