import { describe, expect, test } from 'vitest';
import { drawable, TtyOut, withoutColour } from '../../src/terminals/tty.ts';

const written = async (...chunks: string[]): Promise<string> => {
  let all = '';
  const out = new TtyOut({ columns: 80, rows: 24 }, (chunk, done) => {
    all += chunk;
    done();
  });
  for (const chunk of chunks) await new Promise<void>(resolve => out.write(chunk, () => resolve()));
  return all;
};

describe('what is drawn', () => {
  test('lines that stay as they are are passed in one step', async () => {
    expect(await written('\x1b[3A\x1b[E\x1b[E\x1b[Eada\r\n\x1b[E')).toBe('\x1b[3A\x1b[3Eada\r\n\x1b[E');
  });

  test('everything else is handed on as it is', async () => {
    const frame = '\x1b[?2026h\x1b[1G\x1b[K\x1b[7m› ada\x1b[27m\r\n日本語\x1b[?2026l';
    expect(await written(frame)).toBe(frame);
  });
});

test.each([
  [
    { columns: 0, rows: 0 },
    { columns: 80, rows: 24 },
  ],
  [{}, { columns: 80, rows: 24 }],
  [
    { columns: Number.NaN, rows: -3 },
    { columns: 80, rows: 24 },
  ],
  [
    { columns: 1e9, rows: 1e9 },
    { columns: 500, rows: 200 },
  ],
  [
    { columns: 120.7, rows: 45 },
    { columns: 120, rows: 45 },
  ],
])('a terminal of %j is drawn as %j', (said, drawn) => expect(drawable(said)).toEqual(drawn));

test('without colour, bold and inverse stay', () => {
  expect(withoutColour('\x1b[1m\x1b[36mLanginfra\x1b[39m\x1b[22m \x1b[7mada\x1b[27m')).toBe(
    '\x1b[1mLanginfra\x1b[22m \x1b[7mada\x1b[27m',
  );
});
