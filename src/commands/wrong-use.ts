import leven from 'leven';

/**
 * What is wrong with a command line, in one sentence: yargs' complaint, with the nearest option there is, or where
 * to read what is right.
 */
export const wrongUse = (complaint: string, args: readonly string[], options: readonly string[]): string => {
  if (complaint.startsWith('Did you mean')) return `There is no such command. ${complaint}`;
  const names = /^Unknown arguments?: (.*)$/.exec(complaint)?.[1]?.split(', ') ?? [];
  // yargs names `--env-fil` twice, the second time as envFil.
  const option = names.find(name => args.some(arg => arg === `--${name}` || arg.startsWith(`--${name}=`)));
  if (option === undefined) return `${complaint.replace(/\s+/g, ' ')}. See: langinfra --help`;
  const nearest = nearestTo(option, options);
  return `There is no option --${option} here. ${nearest ? `Did you mean --${nearest}?` : 'See: langinfra --help'}`;
};

/** The nearest word, as long as no more than half of it is different. */
const nearestTo = (wrong: string, words: readonly string[]): string | undefined => {
  let [nearest, least]: [string | undefined, number] = [undefined, 1 + Math.floor(wrong.length / 2)];
  for (const word of words) {
    const distance = leven(wrong, word);
    if (distance < least) [nearest, least] = [word, distance];
  }
  return nearest;
};
