import { Refusal } from '../refusal.ts';

/** A part of a word: in single quotes, in double quotes, behind a backslash, or as it stands. */
const parts = /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+)|(\s+)/y;

/**
 * The words of a command line as a shell would read it, without anything that a shell replaces: there are no variables, no
 * patterns and no other commands in it. Throws wrong_use where a quote is not closed, where a backslash is the last of all, and
 * at a NUL, which no argument of a process can have.
 */
export const commandWords = (line: string): string[] => {
  if (line.includes('\0')) throw wrong('There is a NUL in the command');
  const words: string[] = [];
  let word: string | undefined;
  parts.lastIndex = 0;
  while (parts.lastIndex < line.length) {
    const next = line[parts.lastIndex];
    const found = parts.exec(line);
    if (!found)
      throw wrong(
        next === '\\'
          ? 'Nothing stands behind the backslash at the end of the command'
          : 'A quote in the command is not closed',
      );
    const [, single, double, escaped, plain, space] = found;
    if (space !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + (single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? '');
  }
  if (word !== undefined) words.push(word);
  return words;
};

const wrong = (sentence: string): Refusal => new Refusal('wrong_use', { sentence });
