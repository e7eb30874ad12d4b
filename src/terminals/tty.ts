import { PassThrough, Writable } from 'node:stream';
import type { Size } from '../screens/layer.ts';

const most: Size = { columns: 500, rows: 200 };
const usual: Size = { columns: 80, rows: 24 };

const clamp = (value: number | undefined, highest: number, otherwise: number): number =>
  value !== undefined && Number.isFinite(value) && value > 0
    ? Math.min(Math.floor(value), highest)
    : otherwise;

/** A size that can be drawn. Where a terminal says 0x0, Ink would start `tput` for every frame. */
export const drawable = ({ columns, rows }: Partial<Size>): Size => ({
  columns: clamp(columns, most.columns, usual.columns),
  rows: clamp(rows, most.rows, usual.rows),
});

/** Ink goes past each line that stays as it is by itself: a third of the bytes of a cursor key. */
const unchangedLines = /(?:\x1b\[E){2,}/g;
/** The same by one sequence (ECMA-48, CNL). */
const downBy = (run: string): string => `\x1b[${run.length / '\x1b[E'.length}E`;

/** A line that Ink draws anew, which it first erases from there on: what is blank on it is blank already. */
const erasedLine = /\x1b\[K[^\r\n]+/g;
/** A style, or a gap that is longer than the sequence that passes it. */
const stylesAndGaps = /\x1b\[([\d;]*)m| {6,}/g;
/** What makes a blank one that is seen, by the style that ends it: inverse, underline, a background. */
const seenUntil: readonly (readonly [begins: RegExp, ends: string])[] = [
  [/^7$/, '27'],
  [/^4$/, '24'],
  [/^(?:4[0-8]|10[0-7])/, '49'],
];

/** Passes the gaps between columns (ECMA-48, CUF): a third of the bytes of a page. */
const withoutGaps = (line: string): string => {
  const seen = new Set<string>();
  return line.replace(stylesAndGaps, (found: string, style: string | undefined) => {
    if (style === undefined) return seen.size > 0 ? found : `\x1b[${found.length}C`;
    const begun = seenUntil.find(([begins]) => begins.test(style));
    if (begun) seen.add(begun[1]);
    else if (style === '' || style === '0') seen.clear();
    else seen.delete(style);
    return found;
  });
};

/** Ink sends a frame in three pieces: that it begins, the frame, and that it has ended (synchronized output, mode 2026). */
const [frameBegins, frameEnds] = ['\x1b[?2026h', '\x1b[?2026l'];

/**
 * What Ink draws on: it looks like a terminal and hands the bytes on. Its size is set by us, so that the screens have
 * a new size before Ink draws with it; with the terminal's own event Ink would draw the old screen once more, taller
 * than the terminal.
 */
export class TtyOut extends Writable {
  readonly isTTY: boolean;
  columns: number;
  rows: number;
  readonly #sink: (chunk: string, done: () => void) => void;
  /** A frame that has begun. Each piece of it would be a packet of its own, enciphered by itself. */
  #begun = '';

  constructor(size: Size, sink: (chunk: string, done: () => void) => void, isTTY = true) {
    super({ decodeStrings: false });
    ({ columns: this.columns, rows: this.rows } = drawable(size));
    this.#sink = sink;
    this.isTTY = isTTY;
  }

  override _write(chunk: unknown, _encoding: string, done: () => void): void {
    const bytes = this.#begun + String(chunk);
    const isBegun = bytes.startsWith(frameBegins) && !bytes.endsWith(frameEnds);
    this.#begun = isBegun ? bytes : '';
    if (isBegun) done();
    else this.#sink(bytes.replace(unchangedLines, downBy).replace(erasedLine, withoutGaps), done);
  }
}

/** Where the keys of a remote terminal come in: it looks like a terminal to Ink. There is no mode to set on this side. */
export class TtyIn extends PassThrough {
  readonly isTTY = true;
  setRawMode(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

/** Takes the colours out of a frame; bold and inverse stay. The screens use the named ones (theme.ts), and a QR code two by number. */
export const withoutColour = (frame: string): string =>
  frame.replace(/\x1b\[(?:(?:[349]|10)\d|[34]8;5;\d+)m/g, '');
