import { type BulkPlan, mostNames } from '../accounts/bulk-plan.ts';
import type { UserMatch, UserQuery } from '../store/user-filters.ts';
import { printable, shellQuoted, usersCommand } from '../text.ts';
import type { Console } from './console.ts';
import type { Marks } from './marks.ts';

/** What would do something else in a shell, or in the terminal it is pasted into, is in no command. */
const isSafe = (word: string): boolean => printable(word) === word;

/** What the console does as a command. Undefined where a name is none that can be typed, or they are too many. */
export const asCommand = (
  { host }: Pick<Console, 'host'>,
  action: string,
  { names = [], options = [] }: { names?: readonly string[]; options?: readonly string[] },
): string | undefined => {
  const variables = Object.entries(host.variables);
  const words = [...names, ...options, ...variables.map(([, value]) => value)];
  if (names.length > mostNames || !words.every(isSafe)) return undefined;
  return [
    ...variables.map(([name, value]) => `${name}=${shellQuoted(value)}`),
    usersCommand(action, names, [...options, ...(host.envFile ? ['--env-file', host.envFile] : [])]),
  ].join(' ');
};

/** What the console does as a command that is not about users: `sessions end ID`. Undefined where it cannot be typed. */
export const recordsCommand = (
  { host }: Pick<Console, 'host'>,
  words: readonly string[],
): string | undefined => {
  const variables = Object.entries(host.variables);
  const all = [...words, ...(host.envFile ? ['--env-file', host.envFile] : [])];
  if (![...all, ...variables.map(([, value]) => value)].every(isSafe)) return undefined;
  return [
    ...variables.map(([name, value]) => `${name}=${shellQuoted(value)}`),
    'langinfra',
    ...all.map(shellQuoted),
  ].join(' ');
};

/** An option with its value in one word where the value would be taken for another option. */
export const option = (name: string, value: string): string[] =>
  value.startsWith('-') ? [`--${name}=${value}`] : [`--${name}`, value];

const matchOptions = ({ search, filter }: UserMatch): string[] => [
  ...(search ? option('search', search) : []),
  ...(filter ? option('filter', filter) : []),
];

/** Lists what the Admin Page lists. */
export const listCommand = (
  console: Pick<Console, 'host'>,
  { sort, order, ...match }: UserQuery,
): string | undefined =>
  asCommand(console, 'list', {
    options: [
      ...matchOptions(match),
      ...(sort === 'username' ? [] : option('sort', sort)),
      ...(order === 'asc' ? [] : option('order', order)),
    ],
  });

/**
 * Does what was planned for the marked users and no more: by the names they have now, or where all who match are
 * changed or are so already, by what they match. Undefined where they are too many to be named.
 */
export const plannedCommand = (
  console: Pick<Console, 'host'>,
  marks: Marks,
  { action, names, toChange, refused }: BulkPlan,
): string | undefined => {
  if (marks.kind === 'all' && marks.except.size === 0 && refused.length === 0) {
    const options = matchOptions(marks.match);
    return asCommand(console, action, { options: options.length > 0 ? options : option('filter', 'all') });
  }
  return toChange > 0 && names.length === toChange ? asCommand(console, action, { names }) : undefined;
};
