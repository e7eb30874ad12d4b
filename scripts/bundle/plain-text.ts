/**
 * What the build gives Ink's text packages (scripts/build.ts), for ICU is slow to begin with: a grapheme segmenter takes
 * some ten milliseconds to make and a regular expression with \p{RGI_Emoji} as long to read, and the packages make
 * them as they load, for text that is almost always plain. Here plain text needs neither, and what they need for
 * other text is made at the first of it.
 */

/**
 * One character, one UTF-16 unit, one cell, whatever stands beside it: ASCII, Latin, the general punctuation that
 * joins nothing, arrows and box drawing. What an emoji could be made of (© and its like) is left out.
 */
const onePerCell =
  '\\x20-\\x7e\\xa1-\\xa8\\xaa-\\xac\\xaf-\\u02ff\\u2010-\\u2027\\u2030-\\u203b\\u2190-\\u21a8\\u2500-\\u257f';
const plain = new RegExp(`^[${onePerCell}]*$`);
/** A carriage return joins the line feed after it; every other control is a grapheme of its own. */
const plainWithControls = new RegExp(`^[${onePerCell}\\x00-\\x0c\\x0e-\\x1f\\x7f]*$`);

/** Whether the text takes as many cells as it has characters. */
export const isPlain = (text: string): boolean => plain.test(text);

/** A cell of the screen as Ink and its tokenizer have it, without a style. */
type Cell = { type: 'char'; value: string; fullWidth: false; styles: readonly never[] };

const noStyles: readonly never[] = Object.freeze([]);
/** By UTF-16 unit. */
const cells: Cell[] = [];

/** The cells of plain text: the same object for the same character, where Ink makes five thousand for each frame. */
export const cellsOf = (text: string): Cell[] => {
  const found = new Array<Cell>(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    cells[unit] ??= Object.freeze({
      type: 'char',
      value: text.charAt(at),
      fullWidth: false,
      styles: noStyles,
    });
    found[at] = cells[unit];
  }
  return found;
};

export const [blankCell] = cellsOf(' ');

let made: Intl.Segmenter | undefined;

function* charactersOf(input: string): Generator<Intl.SegmentData> {
  for (let index = 0; index < input.length; index += 1) yield { segment: input.charAt(index), index, input };
}

/** As `Intl.Segmenter`, by grapheme. */
export class LateSegmenter {
  segment(input: string): Pick<Intl.Segments, 'containing'> & Iterable<Intl.SegmentData> {
    if (!plainWithControls.test(input)) {
      made ??= new Intl.Segmenter();
      return made.segment(input);
    }
    return {
      [Symbol.iterator]: () => charactersOf(input),
      containing: (index = 0) =>
        index in Object(input) ? { segment: input.charAt(index), index, input } : undefined,
    } as Pick<Intl.Segments, 'containing'> & Iterable<Intl.SegmentData>;
  }
}

/** A regular expression that is read at its first use, for everything that strings and callers ask of one. */
export class LateRegExp {
  readonly #make: () => RegExp;
  #made: RegExp | undefined;

  constructor(make: () => RegExp) {
    this.#make = make;
  }

  get #regExp(): RegExp {
    this.#made ??= this.#make();
    return this.#made;
  }

  get flags(): string {
    return this.#regExp.flags;
  }

  test(text: string): boolean {
    return this.#regExp.test(text);
  }

  exec(text: string): RegExpExecArray | null {
    return this.#regExp.exec(text);
  }

  [Symbol.match](text: string): RegExpMatchArray | null {
    return this.#regExp[Symbol.match](text);
  }

  [Symbol.search](text: string): number {
    return this.#regExp[Symbol.search](text);
  }

  [Symbol.replace](text: string, replacement: string): string {
    return this.#regExp[Symbol.replace](text, replacement);
  }
}
