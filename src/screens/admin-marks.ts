import type { Actor } from '../accounts/actor.ts';
import type { UserQuery } from '../store/user-filters.ts';
import type { PlacedUser } from '../store/user-lists.ts';
import { compareCursors } from '../store/user-order.ts';
import type { User } from '../store/users.ts';
import { grouped } from '../text.ts';
import { answered } from './answered.ts';
import type { Console } from './console.ts';
import {
  canMark,
  hasMarks,
  isMarked,
  type Marks,
  matchWords,
  noMarks,
  toggleAll,
  withMarks,
  withoutGone,
} from './marks.ts';
import { observable } from './observable.ts';
import { onceMore } from './once-more.ts';
import type { UserList } from './user-list.ts';

export type AdminMarks = ReturnType<typeof createAdminMarks>;

/** A range is read whole, so it has an end; all that match are marked without being read. */
const mostInRange = 10_000;
const readAtOnce = 1000;

export type AdminMarksOptions = { console: Console; actor: Actor; list: UserList };

/** Which users are marked, and the keys that mark them. */
export const createAdminMarks = ({ console, actor, list }: AdminMarksOptions) => {
  const state = observable<Marks>(noMarks);
  /** Where the next range begins: who was marked last, in the order in which that was seen. */
  let anchor: { held: PlacedUser; query: UserQuery } | undefined;
  let reading: Promise<void> | undefined;

  const anchorIn = (query: UserQuery): PlacedUser | undefined =>
    anchor?.query === query ? anchor.held : undefined;
  const mark = (held: PlacedUser, isOn: boolean): void => {
    anchor = { held, query: list.state.get().query };
    state.update(marks => withMarks(marks, [held.user], isOn));
  };

  const readBetween = async (query: UserQuery, first: PlacedUser, last: PlacedUser): Promise<User[]> => {
    const found: User[] = [];
    for (let from = first.place; found.length <= mostInRange; ) {
      const start = found.length === 0 ? { from } : { after: from };
      const page = await console.accounts.users.page(actor, query, start, readAtOnce);
      const within = page.filter(({ place }) => compareCursors(query.order, place, last.place) <= 0);
      found.push(...within.map(({ user }) => user));
      from = page.at(-1)?.place ?? from;
      if (within.length < readAtOnce) break;
    }
    return found;
  };
  const markRange = async (): Promise<void> => {
    const { query } = list.state.get();
    const end = list.held();
    if (!end) return;
    const start = anchorIn(query) ?? end;
    const isForwards = compareCursors(query.order, start.place, end.place) <= 0;
    const users = await readBetween(
      query,
      ...((isForwards ? [start, end] : [end, start]) as [PlacedUser, PlacedUser]),
    );
    if (users.length > mostInRange) {
      const text = `A range has room for ${grouped(mostInRange)} users; * marks all that match`;
      return console.say({ kind: 'refused', text });
    }
    anchor = { held: end, query };
    const marks = state.get();
    const others = users.filter(user => !canMark(marks, user)).length;
    state.set(withMarks(marks, users, true));
    if (marks.kind === 'all' && others > 0) {
      const which = `${grouped(others)} of these ${grouped(users.length)} users ${others === 1 ? 'is' : 'are'}`;
      console.say({ kind: 'note', text: `${which} none of all ${matchWords(marks.match)} marked` });
    }
  };

  const recheck = onceMore(() =>
    answered(console, async () => {
      const marks = state.get();
      if (marks.kind === 'all' || marks.users.size === 0) return;
      const ids = [...marks.users.keys()];
      const present = await console.accounts.bulk.present(actor, ids);
      state.update(now => withoutGone(now, ids, present));
    }),
  );

  return {
    state,
    /** Unmarks who has gone. */
    recheck,
    has: (): boolean => hasMarks(state.get()),
    /** Why a user cannot be marked or unmarked. */
    whyNot: (user: User): string | undefined => {
      const marks = state.get();
      if (canMark(marks, user) || marks.kind === 'some') return undefined;
      return `This user is none of all ${matchWords(marks.match)} marked; esc unmarks them`;
    },
    toggle: (): void => {
      const held = list.held();
      if (held) mark(held, !isMarked(state.get(), held.user));
    },
    /** Marks from who was marked last to the cursor. */
    range: (): void => {
      reading = console.attempt(markRange).finally(() => {
        reading = undefined;
      });
    },
    all: (): void => state.update(marks => toggleAll(marks, matchOf(list.state.get().query))),
    clear: (): void => state.set(noMarks),
    /** Runs until a range was read. */
    settling: (): Promise<void> | undefined => reading,
  };
};

const matchOf = ({ search, filter }: UserQuery) => ({ search, filter });
