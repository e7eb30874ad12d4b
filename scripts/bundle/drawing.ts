import { fileURLToPath } from 'node:url';
import { each, patch } from './patch.ts';

const plainText = fileURLToPath(new URL('plain-text.ts', import.meta.url));
const wholeLines = fileURLToPath(new URL('whole-lines.ts', import.meta.url));

/** See whole-lines.ts. Ink leaves out what is written on a line that has no cells. */
const linesWithoutCells = (text: string): string =>
  each(
    `import { lineOf as $lineOf, writesOfWholeLines as $writesOfWholeLines } from '${wholeLines}';\n${text}`,
    [
      [
        'const output = [];',
        'const output = []; const $whole = $writesOfWholeLines(this.operations, this.height);',
      ],
      ['const row = [];', 'if ($whole.has(y)) { output.push(undefined); continue; } const row = [];'],
      [
        'else {\n                this.applyWrite',
        'else if ($whole.get(operation.y) !== operation) {\n                this.applyWrite',
      ],
      [
        '.map(line => {\n            // See',
        `.map((line, y) => {
            if (line === undefined)
              return $lineOf($whole.get(y), text => styledCharsToString(this.caches.getStyledChars(text)));
            // See`,
      ],
    ],
  );

/**
 * For each frame Ink makes every line of the screen into cells, an object each, back into text, into cells again and at
 * last into text. For plain text without a style the first two are not needed, and one object does for each character.
 */
const plainCells = patch('plain-cells', /ink\/build\/output\.js$/, text =>
  linesWithoutCells(
    each(
      `import { blankCell as $blankCell, cellsOf as $cellsOf, isPlain as $isPlain } from '${plainText}';\n${text}`.replace(
        /row\.push\(\{.*?\}\)/s,
        'row.push($blankCell)',
      ),
      [
        [
          'cached = styledCharsFromTokens(',
          'cached = $isPlain(line) ? $cellsOf(line) : styledCharsFromTokens(',
        ],
        [
          '!/^\\p{Default_Ignorable_Code_Point}+$/u.test(',
          '$isPlain(character.value) || !/^\\p{Default_Ignorable_Code_Point}+$/u.test(',
        ],
        ['of this.caches.getStyledChars(text)', 'of $isPlain(text) ? [] : this.caches.getStyledChars(text)'],
        ['let lines = characterLines.map', 'let lines = $isPlain(text) ? [text] : characterLines.map'],
      ],
    ),
  ),
);

/**
 * For each frame Ink puts together every text on the screen from its parts, looks for control characters in it and counts
 * its cells. Here that is done once, for Ink itself marks a text whose parts have changed.
 */
const textsOnce = [
  patch('texts-once', /ink\/build\/squash-text-nodes\.js$/, text =>
    each(text, [
      ["let text = '';", "if (node.$text !== undefined) return node.$text; let text = '';"],
      ['return text;', 'node.$text = text; return text;'],
    ]),
  ),
  patch('changed-texts', /ink\/build\/dom\.js$/, text =>
    each(text, [
      [
        'const markNodeAsDirty = (node) => {',
        'const markNodeAsDirty = (node) => { for (let at = node; at; at = at.parentNode) at.$text = undefined;',
      ],
    ]),
  ),
  patch('widths-once', /ink\/build\/render-node-to-output\.js$/, text =>
    each(`import $measureText from './measure-text.js';\n${text}`, [
      ['widestLine(text)', '$measureText(text).width'],
      // A text has neither a padding nor a border.
      ['getMaxWidth(yogaNode)', 'yogaNode.getComputedWidth()'],
    ]),
  ),
];

/** What makes a frame of Ink's cheap where little of it has changed. */
export const drawing = [plainCells, ...textsOnce];
