import { isMatch, type UserFilter } from '../store/user-filters.ts';
import type { PlacedUser } from '../store/user-lists.ts';
import type { UserSort } from '../store/user-order.ts';
import { ago, grouped } from '../text.ts';
import type { AdminPage } from './admin-page.ts';
import { automaticBanner } from './banner.ts';
import type { Console } from './console.ts';
import { signedInSentence } from './frame.tsx';
import { positionOf } from './list-state.ts';
import { filterWords, hasMarks, isMarked, type Marks, marksText } from './marks.ts';
import { type Derived, derived } from './observable.ts';
import { type Spoken, sentencesOf, spokenName, type Thing } from './spoken.ts';
import { valueOfInput } from './text-input.ts';
import type { UserListState } from './user-list.ts';

const sortWords: Record<UserSort, string> = {
  username: 'Username',
  created: 'Created',
  updated: 'Updated',
  last_login: 'Last login',
  active: 'Active',
  superuser: 'Superuser',
};

type Sources = Pick<AdminPage, 'list' | 'search' | 'chosenFlag' | 'marks'>;

/** The list of users in sentences: the user under the cursor, and how many there are. */
export const adminPageSpoken = (
  console: Console,
  { list: users, search, chosenFlag, marks }: Sources,
): Derived<Spoken> => {
  let hadMarks = false;
  return derived([users.state, search, chosenFlag, marks], () => {
    const { list, query, total } = users.state.get();
    const { typing, input } = search.get();
    const marked = marks.get();
    hadMarks ||= hasMarks(marked);
    const rowOf = (held: PlacedUser, index: number): Thing => {
      const position = positionOf({ ...list, cursor: index });
      return userThing(console, held, marked, placeInWords(position, total));
    };
    const chosen = list.rows[list.cursor];
    const typed = valueOfInput(input);
    return {
      title: 'Admin Page',
      about: [...automaticBanner(console), signedInSentence(console)],
      news: {
        filter: filterInWords(query.filter),
        order: `Sorted by ${sortWords[query.sort]}, ${query.order === 'asc' ? 'ascending' : 'descending'}`,
        cell: `Space toggles ${chosenFlag.get() === 'isActive' ? 'Active' : 'Superuser'}`,
        search: typing || typed === '' ? '' : `Search: ${typed}`,
        total: total === undefined ? undefined : totalInWords({ query, total }),
        // Only who has heard of marks has to hear that there are none.
        marks: marksText(marked, query, total) || (hadMarks ? 'Nobody is marked' : ''),
      },
      focus: chosen && rowOf(chosen, list.cursor),
      field: typing
        ? { id: 'search', label: 'Search', hint: 'enter keeps it, escape clears it', input }
        : undefined,
      all: () =>
        sentencesOf(
          list.rows
            .slice(list.top, list.top + list.height)
            .map((held, index) => rowOf(held, list.top + index)),
          chosen?.user.id,
        ),
    };
  });
};

/** A user as one sentence. */
const userThing = ({ accounts }: Console, placed: PlacedUser, marks: Marks, place: string): Thing => {
  const { user } = placed;
  const now = accounts.clock();
  const isPending = isMatch(user, { filter: 'pending' });
  return {
    id: user.id,
    name: spokenName(user.username),
    facts: [
      user.isActive ? 'active' : 'not active',
      user.isSuperuser ? 'superuser' : 'not a superuser',
      isMarked(marks, user) ? 'marked' : '',
    ],
    more: [
      accounts.isDoubtful(placed) ? 'doubtful name' : '',
      user.isAutomatic ? `automatic account${accounts.settings.autoLogin ? '' : ', off'}` : '',
      `${isPending ? 'waits to be activated, created' : 'created'} ${ago(user.createdAt, now)}`,
      user.lastLoginAt ? `last login ${ago(user.lastLoginAt, now)}` : 'never signed in',
      place,
    ],
  };
};

const filterInWords = (filter: UserFilter | undefined): string => {
  if (!filter) return 'All users';
  return filter === 'superuser' ? 'Only superusers' : `Only ${filterWords[filter]} users`;
};

const placeInWords = (position: number | undefined, total: number | undefined): string => {
  if (position === undefined) return '';
  return total === undefined ? `number ${grouped(position)}` : `${grouped(position)} of ${grouped(total)}`;
};

const totalInWords = ({ query, total = 0 }: Pick<UserListState, 'query' | 'total'>): string => {
  const count = total === 0 ? 'No' : grouped(total);
  if (query.search === undefined) return `${count} ${total === 1 ? 'user' : 'users'}`;
  return `${count} ${total === 1 ? 'username has' : 'usernames have'} that in it`;
};
