import leven from 'leven';

/** What yargs was asked, and what it knows where it gave up. */
export type CommandLine = {
  args: readonly string[];
  /** The options of the command at hand, without their dashes. */
  options: readonly string[];
  /** The commands that could come next. */
  commands: readonly string[];
};

const toRead = 'See: langinfra --help';

/** yargs' complaints that name no word of the command line, as sentences. */
const sentences: readonly (readonly [RegExp, string])[] = [
  [/^Not enough arguments following: (.*)$/, '--$1 needs a value'],
  [/^Arguments (\S+) and (\S+) are mutually exclusive$/, 'Give --$1 or --$2, not both'],
];

/**
 * What is wrong with a command line, in one sentence: yargs' complaint, with the nearest word there is, or where to read
 * what is right.
 */
export const wrongUse = (complaint: string, { args, options, commands }: CommandLine): string => {
  const [, unknown] = /^Unknown (?:argument|command)s?: (.*)$/.exec(complaint) ?? [];
  if (unknown !== undefined) {
    // yargs names `--env-fil` twice, the second time as envFil.
    const names = unknown.split(', ');
    const option = args.find(arg => /^-/.test(arg) && names.some(name => isCalled(arg, name)))?.split('=')[0];
    if (option) return `There is no option ${option} here. ${didYouMean(option, options, '--')}`;
    const [word = ''] = names;
    return commands.length > 0
      ? `There is no command ${word}. ${didYouMean(word, commands)}`
      : `${word} is one word too many. ${toRead}`;
  }
  const invalid = /^Invalid values:\s+Argument: (\S+), Given: (.*), Choices: (.*)/.exec(complaint);
  if (invalid) {
    const [, option, given, choices = ''] = invalid;
    return `--${option} is ${given}: use one of ${choices.replaceAll('"', '')}`;
  }
  if (/^Not enough non-option arguments: /.test(complaint))
    return `The ${args.some(takesFile) ? 'file' : 'username'} is missing. ${toRead}`;
  for (const [pattern, sentence] of sentences) {
    if (pattern.test(complaint)) return complaint.replace(pattern, sentence);
  }
  return `${complaint.replace(/\s+/g, ' ')}. ${toRead}`;
};

/** Whether it is a command that is about a file; the others are about a user. */
const takesFile = (arg: string): boolean => ['backup', 'restore', 'import'].includes(arg);

/** Whether it is the option of that name: `--name`, `--name=value`, or `-n`, alone or among others. */
const isCalled = (arg: string, name: string): boolean =>
  arg === `--${name}` || arg.startsWith(`--${name}=`) || (/^-[^-]/.test(arg) && arg.includes(name));

/** The nearest word, as long as no more than half of it is different; else where to read them all. */
const didYouMean = (wrong: string, words: readonly string[], dashes = ''): string => {
  const meant = wrong.replace(/^-+/, '');
  let [nearest, least]: [string | undefined, number] = [undefined, 1 + Math.floor(meant.length / 2)];
  for (const word of words) {
    const distance = leven(meant, word);
    if (distance < least) [nearest, least] = [word, distance];
  }
  return nearest ? `Did you mean ${dashes}${nearest}?` : toRead;
};
