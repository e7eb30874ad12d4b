import stringWidth from 'string-width';

/**
 * Everything that could make a terminal, a log or a reader believe something else than the letters say:
 * control, format (bidi overrides, zero width), surrogate and private-use characters, line and paragraph
 * separators, and the letters that Unicode calls default-ignorable (the Hangul fillers, variation selectors),
 * which PRECIS refuses in identifiers too (RFC 8264, section 9.13).
 */
const unprintable = () => /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const stackedMarks = () => /(\p{M}{2})\p{M}+/gu;

const ascii = /^[\x20-\x7e]*$/;
/**
 * Text that is printable, in NFC and as wide as it is long, whatever stands beside it: ASCII, Latin, and what the
 * screens are drawn with. It takes no question to ICU, whose first answer costs some ten milliseconds.
 */
const plain = /^[\x20-\x7e\xa1-\xa8\xaa-\xac\xaf-\u02ff\u2010-\u2027\u2030-\u203b\u2190-\u21a8]*$/;

/**
 * Makes text from outside (a username, a path, a value of the environment) safe to show, print or log:
 * NFC, every unprintable character as `sign`, at most two combining marks on a letter.
 */
export const printable = (text: string, sign = '·'): string =>
  plain.test(text)
    ? text
    : text.toWellFormed().normalize('NFC').replace(unprintable(), sign).replace(stackedMarks(), '$1');

/** The number of terminal cells the text takes. */
export const widthOf = (text: string): number =>
  plain.test(text) ? text.length : graphemesOf(text).reduce((sum, grapheme) => sum + cellsOf(grapheme), 0);

/**
 * Terminals add up what each character of a grapheme takes (wcwidth): the three letters of the Hindi क्षि take three
 * cells. string-width counts such a grapheme as one letter with its marks; it is asked for emoji and Hangul, which
 * terminals do draw as one.
 */
const cellsOf = (grapheme: string): number =>
  grapheme.length < 2 || /[\p{Extended_Pictographic}\p{Regional_Indicator}\p{Script=Hangul}]/u.test(grapheme)
    ? stringWidth(grapheme)
    : Array.from(grapheme).reduce((sum, character) => sum + stringWidth(character), 0);

/** The text in exactly `width` cells: padded with spaces, or cut, with a sign at the end that says so. */
export const fit = (text: string, width: number, sign = '…'): string => {
  if (width <= 0) return '';
  const room = width - widthOf(text);
  return room >= 0 ? text + ' '.repeat(room) : cut(text, width, sign.slice(0, width));
};

const cut = (text: string, width: number, sign: string): string => {
  const kept = beginning(text, width - sign.length);
  // A wide character that did not fit leaves a cell free, which the padding fills.
  return `${kept}${sign}${' '.repeat(width - sign.length - widthOf(kept))}`;
};

/** As much of the beginning as the width takes. */
const beginning = (text: string, width: number): string => firstOf(graphemesOf(text), width).join('');

/** The first of them that the width takes. */
const firstOf = (graphemes: readonly string[], width: number): string[] => {
  let used = 0;
  const end = graphemes.findIndex(grapheme => {
    used += widthOf(grapheme);
    return used > width;
  });
  return graphemes.slice(0, end < 0 ? undefined : end);
};

/** The text in lines of at most so many cells, broken between words where there is a space. */
export const wrapped = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (widthOf(line) > width) {
      // A character that is wider than the line has a line of its own.
      const head = beginning(line, width) || (graphemesOf(line)[0] ?? '');
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  return [...lines, line];
};

const longestNamed = 24;

/** A username has at most so many code points. */
const longestName = 64;

/** A text that somebody takes for a name, cut where it is too long to be one. */
export const shortened = (text: string): string => {
  // Of what is very long only the beginning is looked at; a code point has at most two of these.
  const [...points] = text.slice(0, 2 * longestName + 2);
  return points.length > longestName ? `${points.slice(0, longestName).join('')}…` : text;
};

/**
 * A username as a sentence shows it: printable, and no longer than leaves the sentence its room on a line. Cut in ASCII,
 * for sentences are the same on every terminal.
 */
export const named = (username: string): string => {
  const shown = printable(username);
  return widthOf(shown) > longestNamed ? fit(shown, longestNamed, '...').trimEnd() : shown;
};

/** The same among others: cut in the middle, for names that begin alike often end in what tells them apart. */
export const namedAmong = (username: string): string => {
  const shown = printable(username);
  if (widthOf(shown) <= longestNamed) return shown;
  const graphemes = graphemesOf(shown);
  const room = longestNamed - '...'.length;
  const start = firstOf(graphemes, Math.ceil(room / 2));
  const end = firstOf(graphemes.toReversed(), Math.floor(room / 2)).toReversed();
  return [...start, '...', ...end].join('');
};

/** A word for a shell, in a command that a person may copy: as it is where that is safe, else in single quotes. */
export const shellQuoted = (word: string): string =>
  /^(--[a-z-]+=)?[\p{L}\p{M}\p{N}_@%+:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** `langinfra users activate ada`, to be copied into a shell whatever the usernames are. */
export const usersCommand = (
  action: string,
  usernames: readonly string[],
  options: readonly string[] = [],
): string => {
  // Options stand before `--`, and a name that looks like one behind it.
  const words = usernames.some(name => name.startsWith('-'))
    ? [...options, '--', ...usernames]
    : [...usernames, ...options];
  return ['langinfra users', action, ...words.map(shellQuoted)].join(' ');
};

/** The characters a person sees as one, so that an emoji family is one. */
export const graphemesOf = (text: string): string[] =>
  /^[\x00-\x7f]*$/.test(text) || plain.test(text)
    ? text.split('')
    : Array.from(segmenter().segment(text), ({ segment }) => segment);

let made: Intl.Segmenter | undefined;
const segmenter = (): Intl.Segmenter => {
  made ??= new Intl.Segmenter();
  return made;
};

/** `1,204`: a count as people read it. Not by ICU, which takes ten milliseconds for the first one. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');

/** `1 user`, `1,204 users`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;

/** `1 second`, `90 seconds`, `48 minutes`: how long something lasts, in the unit in which a person waits. */
export const lasting = (seconds: number): string => {
  const [count, unit] = seconds < 120 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
};

/** `2026-11-23 15:12` from an ISO 8601 timestamp; times are shown in UTC everywhere. */
export const minute = (timestamp: string): string => timestamp.slice(0, 16).replace('T', ' ');

/** The same with its seconds. */
export const second = (timestamp: string): string => timestamp.slice(0, 19).replace('T', ' ');

/**
 * Unicode's full case folding (CaseFolding.txt, C and F) of the text in NFC. JavaScript has no such function; per
 * character, lower of upper of lower folds the same characters together, but for the dotless ı, which stays itself.
 * (Cherokee folds to its small letters here and to its capitals there, which makes no difference to who is who.)
 */
export const caseFold = (text: string): string =>
  ascii.test(text)
    ? text.toLowerCase()
    : Array.from(text.toWellFormed().normalize('NFC'), foldCharacter).join('').normalize('NFC');

const foldCharacter = (character: string): string =>
  character === 'ı' ? character : character.toLowerCase().toUpperCase().toLowerCase();

const units = [
  ['minute', 60],
  ['hour', 60 * 60],
  ['day', 24 * 60 * 60],
  ['month', 30 * 24 * 60 * 60],
  ['year', 365 * 24 * 60 * 60],
] as const;

/** `3 days ago`, in the largest whole unit; for who hears a timestamp and wants to know how old it is. */
export const ago = (timestamp: string, now: Date): string => {
  const seconds = (now.getTime() - Date.parse(timestamp)) / 1000;
  const [unit, length] = units.findLast(([, least]) => seconds >= least) ?? [];
  if (!unit) return 'just now';
  const count = Math.floor(seconds / length);
  return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
};
