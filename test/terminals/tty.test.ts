import headless from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawable, TtyOut, withoutColour } from '../../src/terminals/tty.ts';
import { widthOf } from '../../src/text.ts';

const written = async (...chunks: string[]): Promise<string> => {
  let all = '';
  const out = new TtyOut({ columns: 80, rows: 24 }, (chunk, done) => {
    all += chunk;
    done();
  });
  for (const chunk of chunks) await new Promise<void>(resolve => out.write(chunk, () => resolve()));
  return all;
};

/** What stands in each cell of a terminal that got these bytes, and how. */
const cellsOf = async (bytes: string) => {
  const terminal = new headless.Terminal({ cols: 80, rows: 6, allowProposedApi: true });
  await new Promise<void>(resolve => terminal.write(bytes, resolve));
  return Array.from({ length: 6 }, (_, y) =>
    Array.from({ length: 80 }, (_, x) => {
      const cell = terminal.buffer.active.getLine(y)?.getCell(x);
      const text = cell?.getChars() || ' '.repeat(cell?.getWidth() ?? 0);
      const shows = [cell?.isInverse(), cell?.isUnderline(), cell?.getBgColor()];
      // A blank has no colour of its own.
      return text.trim() === '' ? [text, shows] : [text, shows, cell?.isBold(), cell?.getFgColor()];
    }),
  );
};

describe('what is drawn', () => {
  test('lines that stay as they are are passed in one step', async () => {
    expect(await written('\x1b[3A\x1b[E\x1b[E\x1b[Eada\r\n\x1b[E')).toBe('\x1b[3A\x1b[3Eada\r\n\x1b[E');
  });

  test('a frame that comes in pieces is handed on as one, and nothing waits for another', async () => {
    const handed: string[] = [];
    const out = new TtyOut({ columns: 80, rows: 24 }, (chunk, done) => {
      handed.push(chunk);
      done();
    });
    const pieces = [
      '\x1b[?2026h',
      'ada',
      '\x1b[?2026l',
      '\x1b]52;c;YWRh\x07',
      '\x1b[?2026h',
      'eve',
      '\x1b[?2026l',
    ];
    for (const piece of pieces) await new Promise<void>(resolve => out.write(piece, () => resolve()));
    expect(handed).toEqual(['\x1b[?2026hada\x1b[?2026l', '\x1b]52;c;YWRh\x07', '\x1b[?2026heve\x1b[?2026l']);
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

describe('the gaps between columns', () => {
  test('are passed where the line was erased before', async () => {
    expect(await written('\x1b[16G\x1b[Kada          [x]  [ ]\r\neve          [x]')).toBe(
      '\x1b[16G\x1b[Kada\x1b[10C[x]  [ ]\r\neve          [x]',
    );
  });

  test('are drawn where they show', async () => {
    const seen = '\x1b[K\x1b[7mada          [x]\x1b[27m\r\n';
    expect(await written(seen)).toBe(seen);
    expect(await written('\x1b[K\x1b[44mada          \x1b[49m          [x]\r\n')).toBe(
      '\x1b[K\x1b[44mada          \x1b[49m\x1b[10C[x]\r\n',
    );
  });

  test('leave a screen on which every cell is as it would be', async () => {
    const word = fc.constantFrom('ada', ' '.repeat(9), ' '.repeat(30), '花子', '[x]');
    const style = fc.constantFrom(...[0, 1, 4, 7, 22, 24, 27, 36, 39, 44, 49].map(code => `\x1b[${code}m`));
    // No frame is wider than its terminal.
    const line = fc
      .array(fc.oneof(word, style), { maxLength: 8 })
      .map(parts => `${parts.join('')}\x1b[0m`)
      .filter(text => widthOf(text.replaceAll(/\x1b\[\d+m/g, '')) <= 80);
    const lines = fc.array(line, { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(lines, lines, async (before, after) => {
        const frame = `${before.join('\r\n')}\x1b[H${after.map(text => `\x1b[K${text}`).join('\r\n')}`;
        expect(await cellsOf(await written(frame))).toEqual(await cellsOf(frame));
      }),
    );
  });
});
