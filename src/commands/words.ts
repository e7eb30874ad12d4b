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
  const takesFile = options.some(word => ['import', 'export', 'keys'].includes(word));
  return [
    ...options.map(word => (takesFile && word === '-' ? mark + word : word)),
    ...words.map(word => mark + word),
  ];
};

/** A text of yargs with the words in it as they were written. */
export const asWritten = (text: string): string => text.replaceAll(mark, '');

/** The username that a command is about, as the word behind it. */
export const nameWord = {
  type: 'string',
  describe: 'the username; -- before one that begins with a dash',
  demandOption: true,
  coerce: asWritten,
} as const;
