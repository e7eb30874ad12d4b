import { type BulkPlan, mostNames } from '../accounts/bulk-plan.ts';
import type { UserMatch, UserQuery } from '../store/user-filters.ts';
import { printable, shellQuoted, usersCommand } from '../text.ts';
import type { Console } from './console.ts';
import type { Marks } from './marks.ts';
import type { SshPlace } from './ssh-place.ts';

/** What would do something else in a shell, or in the terminal it is pasted into, is in no command. */
const isSafe = (word: string): boolean => printable(word) === word;

/** What a console has to say where its commands are. */
type Place = Pick<Console, 'host'> & Partial<Pick<Console, 'signedIn'>>;

/** What the console does as a command. Undefined where a name is none that can be typed, or they are too many. */
export const asCommand = (
  place: Place,
  action: string,
  { names = [], options = [] }: { names?: readonly string[]; options?: readonly string[] },
): string | undefined => {
  if (names.length > mostNames || ![...names, ...options].every(isSafe)) return undefined;
  return inShell(place, more => usersCommand(action, names, [...options, ...more]));
};

/** What the console does as a command that is not about users: `sessions end ID`. Undefined where it cannot be typed. */
export const recordsCommand = (place: Place, words: readonly string[]): string | undefined =>
  words.every(isSafe)
    ? inShell(place, more => ['langinfra', ...[...words, ...more].map(shellQuoted)].join(' '))
    : undefined;

/** A command with what names the database, or sent to the server where the console came over its SSH door. */
const inShell = (
  { host: { ssh, envFile, variables }, signedIn }: Place,
  withOptions: (more: readonly string[]) => string,
): string | undefined => {
  if (ssh) return overSsh(ssh, signedIn?.get()?.user.username ?? '', withOptions([]));
  const values = Object.entries(variables);
  if (![envFile ?? '', ...values.map(([, value]) => value)].every(isSafe)) return undefined;
  return [
    ...values.map(([name, value]) => `${name}=${shellQuoted(value)}`),
    withOptions(envFile ? ['--env-file', envFile] : []),
  ].join(' ');
};

/** These ask nothing, and so need no terminal. */
const asksNothing = /^(users (list|show)|sessions list|audit) ?/;

/** What OpenSSH's client sends a server: it joins the words that its shell has left, and the server reads them as a shell does. */
const overSsh = ({ host, port }: SshPlace, username: string, command: string): string | undefined => {
  if (!isSafe(username) || /^(-|$)/.test(username)) return undefined;
  const sent = command.replace(/^langinfra /, '');
  return [
    asksNothing.test(sent) ? 'ssh' : 'ssh -t',
    `-p ${port}`,
    shellQuoted(`${username}@${host}`),
    sent.includes("'") ? shellQuoted(sent) : sent,
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
export const listCommand = (console: Place, { sort, order, ...match }: UserQuery): string | undefined =>
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
  console: Place,
  marks: Marks,
  { action, names, toChange, refused }: BulkPlan,
): string | undefined => {
  if (marks.kind === 'all' && marks.except.size === 0 && refused.length === 0) {
    const options = matchOptions(marks.match);
    return asCommand(console, action, { options: options.length > 0 ? options : option('filter', 'all') });
  }
  return toChange > 0 && names.length === toChange ? asCommand(console, action, { names }) : undefined;
};
