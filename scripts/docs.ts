import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import headless, { type IBufferCell } from '@xterm/headless';
import pty from 'node-pty';
import { allKeys, keysAsMarkdown } from '../src/screens/keymap.ts';
import { admin, program, root, withExample } from './example.ts';

// Writes the pages that are made from the program: docs/keys.md from its key tables, and the README's picture from the
// screen of the built program. `npm run docs`

const size = { cols: 80, rows: 24 };
const cell = { width: 8.4, height: 18, font: 14 };
const colours = { text: '#d8dee9', ground: '#1f2430' };
/** The terminal's palette as the picture has it; the console names these colours and chooses none. */
const palette = ['#1f2430', '#f28779', '#a6cc70', '#ffcc66', '#73d0ff', '#d4bfff', '#5ccfe6', '#d8dee9'];

writeFileSync(join(root, 'docs', 'keys.md'), keysAsMarkdown(allKeys));

/** Runs the program on a terminal and gives the terminal when it has done its last key and is quiet. */
const photograph = async (env: Record<string, string>, keys: readonly string[]) => {
  const terminal = new headless.Terminal({ ...size, allowProposedApi: true });
  const running = pty.spawn(process.execPath, [program, 'run'], { ...size, env });
  running.onData(data => terminal.write(data));
  for (const key of ['', ...keys]) {
    running.write(key);
    await setTimeout(1500);
  }
  running.kill();
  return terminal;
};

const escaped = (text: string): string => text.replace(/[&<>]/g, sign => `&#${sign.charCodeAt(0)};`);

/** How a cell looks, as the attributes of an SVG text. */
const lookOf = (shown: IBufferCell): { fill: string; ground: string; bold: boolean; line: boolean } => {
  const own = shown.isFgPalette() ? (palette[shown.getFgColor() % 8] ?? colours.text) : colours.text;
  const inverse = Boolean(shown.isInverse());
  return {
    fill: inverse ? colours.ground : own,
    ground: inverse ? own : colours.ground,
    bold: Boolean(shown.isBold()),
    line: Boolean(shown.isUnderline()),
  };
};

const drawCell = (shown: IBufferCell, x: number, y: number): string => {
  const { fill, ground, bold, line } = lookOf(shown);
  const [left, top] = [x * cell.width, y * cell.height];
  const width = cell.width * shown.getWidth();
  const text = shown.getChars() || ' ';
  const drawn: string[] = [];
  if (ground !== colours.ground) {
    drawn.push(`<rect x="${left}" y="${top}" width="${width}" height="${cell.height}" fill="${ground}"/>`);
  }
  if (line)
    drawn.push(`<rect x="${left}" y="${top + cell.height - 2}" width="${width}" height="1" fill="${fill}"/>`);
  if (text !== ' ') {
    const weight = bold ? ' font-weight="bold"' : '';
    drawn.push(`<text x="${left}" y="${top + cell.font}" fill="${fill}"${weight}>${escaped(text)}</text>`);
  }
  return drawn.join('');
};

const draw = (terminal: Awaited<ReturnType<typeof photograph>>): string => {
  const buffer = terminal.buffer.active;
  const cells = Array.from({ length: size.rows }, (_, y) =>
    Array.from({ length: size.cols }, (_, x) => {
      const shown = buffer.getLine(y)?.getCell(x);
      return shown && shown.getWidth() > 0 ? drawCell(shown, x, y) : '';
    }).join(''),
  );
  const [width, height] = [size.cols * cell.width, size.rows * cell.height];
  return `<svg xmlns="http://www.w3.org/2000/svg" shape-rendering="crispEdges" viewBox="-12 -12 ${width + 24} ${height + 24}" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${cell.font}">
<title>The Admin Page: users with Active and Superuser as checkboxes, the chosen one highlighted</title>
<rect x="-12" y="-12" width="${width + 24}" height="${height + 24}" rx="8" fill="${colours.ground}"/>
${cells.filter(Boolean).join('\n')}
</svg>
`;
};

await withExample(async env => {
  const terminal = await photograph(env, [`${admin.username}\r${admin.password}\r`, 'jjjj', 'a']);
  writeFileSync(join(root, 'docs', 'admin-page.svg'), draw(terminal));
});
