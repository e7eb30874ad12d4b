import { Refusal } from '../refusal.ts';

/** Stands before a word that is no option, whatever it begins with. No argument of a process can have it. */
const mark = '\0';

/**
 * A command line for yargs: what stands behind `--` is marked as words. yargs itself reads the words of a command once
 * more, and takes a username `-y` for an option then, and the `-` that is stdin or stdout for nothing.
 */
export const asWords = (args: readonly string[]): string[] => {
  const end = args.indexOf('--');
  const options = end < 0 ? args : args.slice(0, end);
  const words = end < 0 ? [] : args.slice(end + 1);
  const takesFile = options.some(word => ['import', 'export', 'backup', 'restore', 'keys'].includes(word));
  return [
    ...options.map(word => (takesFile && word === '-' ? mark + word : word)),
    ...words.map(word => mark + word),
  ];
};

/** A text of yargs with the words in it as they were written. */
export const asWritten = (text: string): string => text.replaceAll(mark, '');

/** Refuses an empty name of a file, as a variable of a shell gives that nobody has set. Throws wrong_use. */
export const refuseNameless = (file: string): void => {
  if (file === '') throw new Refusal('wrong_use', { sentence: 'The name of the file is empty' });
};

/** Refuses what cannot be the name of a backup, too: SQLite goes to and fro in one. Throws wrong_use. */
export const refuseStream = (file: string): void => {
  refuseNameless(file);
  if (file === '-')
    throw new Refusal('wrong_use', {
      sentence: 'A backup does not go through a pipe: name a file, and ./- if it is called -',
    });
};

/** The username that a command is about, as the word behind it. */
export const nameWord = {
  type: 'string',
  describe: 'the username; -- before one that begins with a dash',
  demandOption: true,
  coerce: asWritten,
} as const;
