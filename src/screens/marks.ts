import { isMatch, type UserMatch } from '../store/user-filters.ts';
import type { SelectedUser, UserSelection } from '../store/user-selections.ts';
import type { User } from '../store/users.ts';
import { fit, grouped, named, widthOf } from '../text.ts';

/** Users chosen for one action: one by one, or all that match but for some. */
export type Marks =
  | { kind: 'some'; users: ReadonlyMap<string, SelectedUser> }
  | { kind: 'all'; match: UserMatch; except: ReadonlySet<string> };

export const noMarks: Marks = { kind: 'some', users: new Map() };

export const hasMarks = (marks: Marks): boolean => marks.kind === 'all' || marks.users.size > 0;

export const isMarked = (marks: Marks, user: User): boolean =>
  marks.kind === 'some' ? marks.users.has(user.id) : !marks.except.has(user.id) && isMatch(user, marks.match);

/** Marks or unmarks users. Those beyond what `all` stands for cannot be added to it; `some` takes everybody. */
export const withMarks = (marks: Marks, users: readonly User[], isOn: boolean): Marks => {
  if (marks.kind === 'all') {
    const except = new Set(marks.except);
    for (const { id } of users) {
      if (isOn) except.delete(id);
      else except.add(id);
    }
    return { ...marks, except };
  }
  const marked = new Map(marks.users);
  for (const { id, username } of users) {
    if (isOn) marked.set(id, { id, username });
    else marked.delete(id);
  }
  return { kind: 'some', users: marked };
};

/** The marks without those who were asked for and are not there any more, and with the names of the others now. */
export const withoutGone = (
  marks: Marks,
  asked: readonly string[],
  present: readonly SelectedUser[],
): Marks => {
  if (marks.kind === 'all') return marks;
  const names = new Map(present.map(user => [user.id, user]));
  const gone = new Set(asked.filter(id => !names.has(id)));
  const left = [...marks.users].filter(([id]) => !gone.has(id));
  return { kind: 'some', users: new Map(left.map(([id, user]) => [id, names.get(id) ?? user])) };
};

/** Whether a user could be marked along with the others: to all of one search, nobody of another can be added. */
export const canMark = (marks: Marks, user: User): boolean =>
  marks.kind === 'some' || isMatch(user, marks.match);

/** Marks all that match, or nobody where just those are marked. */
export const toggleAll = (marks: Marks, match: UserMatch): Marks =>
  marks.kind === 'all' && marks.except.size === 0 && isSameMatch(marks.match, match)
    ? noMarks
    : { kind: 'all', match, except: new Set() };

export const selectionOf = (marks: Marks): UserSelection =>
  marks.kind === 'some'
    ? { ids: [...marks.users.keys()] }
    : { match: marks.match, except: [...marks.except] };

const isSameMatch = (one: UserMatch, other: UserMatch): boolean =>
  one.search === other.search && one.filter === other.filter;

/** Of what is marked, less than this many cells says nothing. */
const leastWords = 4;

/**
 * How many are marked, in words; `total` is how many match the query that is shown. In so many cells, if need be: what
 * was searched is cut first, and `marked` is always left.
 */
export const marksText = (
  marks: Marks,
  query: UserMatch,
  total: number | undefined,
  room = Number.POSITIVE_INFINITY,
): string => {
  if (!hasMarks(marks)) return '';
  const orLess = (text: string): string => (widthOf(text) <= room ? text : 'marked');
  if (marks.kind === 'some') return orLess(`${grouped(marks.users.size)} marked`);
  // Of those excepted, some may not match any more: they take nothing off the total.
  if (total !== undefined && marks.except.size === 0 && isSameMatch(marks.match, query))
    return orLess(`${grouped(total)} marked`);
  const but = marks.except.size > 0 ? ` but ${grouped(marks.except.size)}` : '';
  const words = matchWords(marks.match);
  const left = Math.max(leastWords, room - widthOf(`all ${but} marked`));
  const shown = widthOf(words) > left ? fit(words, left, '...').trimEnd() : words;
  return orLess(`all ${shown}${but} marked`);
};

/** What a search and a filter leave, in a word or two: `pending /ad`. */
export const matchWords = ({ search, filter }: UserMatch): string =>
  [filter && filterWords[filter], search && `/${named(search)}`].filter(Boolean).join(' ') || 'users';

/** The filters as the screen names them. */
export const filterWords = {
  pending: 'pending',
  active: 'active',
  inactive: 'inactive',
  superuser: 'superusers',
} as const;
