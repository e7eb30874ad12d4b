import type { Accounts } from '../accounts/accounts.ts';
import type { Actor } from '../accounts/actor.ts';
import type { Observable } from './observable.ts';
import type { createQuestions } from './questions.ts';
import type { UserListState } from './user-list.ts';

/** Counting waits until nothing was read for so long, in milliseconds: a count may go through a whole index. */
const delay = 80;

export type UserCountOptions = {
  questions: ReturnType<typeof createQuestions>;
  users: Accounts['users'];
  actor: Actor;
  state: Observable<UserListState>;
  /** Whether the users held are those of the newest query. */
  holdsAnswer: () => boolean;
};

/** Counts the users that match and those before the first one held, when the list has come to rest. */
export const createUserCount = ({ questions, users, actor, state, holdsAnswer }: UserCountOptions) => {
  let waiting: NodeJS.Timeout | undefined;

  const soon = (): void => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void questions.attempt(count), delay).unref();
  };
  const count = async (signal: AbortSignal): Promise<void> => {
    if (!holdsAnswer()) return;
    const { query, list } = state.get();
    const [first] = list.rows;
    const total = await users.count(actor, query, signal);
    const before = first && !list.atStart ? await users.countBefore(actor, query, first.place, signal) : 0;
    if (signal.aborted) return;
    const now = state.get();
    if (now.list.rows[0] !== first) return soon();
    state.set({ ...now, total, list: { ...now.list, before } });
  };

  return { soon, close: (): void => clearTimeout(waiting) };
};
