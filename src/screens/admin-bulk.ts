import type { Actor } from '../accounts/actor.ts';
import type { BulkDone, BulkUndone } from '../accounts/bulk.ts';
import type { BulkPlan } from '../accounts/bulk-plan.ts';
import { doneSentence, planWarnings, users } from '../accounts/plan-words.ts';
import { isUnavailable, Refusal, wordsOf } from '../refusal.ts';
import { grouped, named, namedAmong } from '../text.ts';
import type { AdminMarks } from './admin-marks.ts';
import type { Console } from './console.ts';
import { isMarked, type Marks, matchWords, selectionOf } from './marks.ts';
import { openPlan, type Ways } from './plan-dialog.tsx';
import { runWithProgress } from './progress.tsx';
import { openText } from './text-dialog.tsx';
import type { UserList } from './user-list.ts';

export type BulkWish = 'isActive' | 'isSuperuser' | 'remove';

const waysOf: Record<BulkWish, Ways> = {
  isActive: ['activate', 'deactivate'],
  isSuperuser: ['promote', 'demote'],
  remove: ['delete'],
};

/** So many names fit into a dialog; of the others it tells the number. */
const mostNames = 12;

export type AdminBulkOptions = { console: Console; actor: Actor; list: UserList; marks: AdminMarks };

/** What a superuser does with all marked users: planned, confirmed, done at once and undone at once. */
export const createAdminBulk = ({ console, actor, list, marks }: AdminBulkOptions) => {
  const { bulk } = console.accounts;
  let running: Promise<void> | undefined;
  const attempt = (work: () => Promise<void>): Promise<void> => {
    const now = console.attempt(work).finally(() => {
      if (running === now) running = undefined;
    });
    running = now;
    return now;
  };

  /** Gives false where it was stopped. */
  const undo = async (done: BulkDone): Promise<boolean> => {
    const { plan } = done;
    const undone = await runWithProgress(console, {
      title: 'Undo',
      total: plan.toChange,
      run: options => bulk.undo(actor, done, options),
    });
    if (!undone) return false;
    const { toChange } = undone.plan;
    console.say({
      kind: 'done',
      text:
        toChange === 0
          ? 'Nothing was undone'
          : `Undone: ${users(toChange)} ${toChange === 1 ? 'is' : 'are'} as before`,
    });
    if (toChange < plan.toChange) openText(console, 'Left as They Are', leftLines(undone));
    await list.refresh();
    return true;
  };
  const undoOf = (done: BulkDone) => async (): Promise<boolean> => {
    let isOver = true;
    await attempt(async () => {
      try {
        isOver = await list.changing(
          () => true,
          () => undo(done),
        );
      } catch (error) {
        isOver = !isUnavailable(error);
        throw error;
      }
    });
    return isOver;
  };

  const apply = async (wanted: Marks, plan: BulkPlan): Promise<void> => {
    const done = await runWithProgress(console, {
      title: `${users(plan.toChange)} to ${plan.action}`,
      total: plan.toChange,
      run: options => bulk.apply(actor, selectionOf(wanted), plan, options),
    });
    if (!done) return;
    marks.clear();
    console.say({
      kind: 'done',
      text: doneSentence(plan),
      ...(plan.action !== 'delete' && { undo: undoOf(done) }),
    });
    await list.refresh();
  };
  /** What would be something else by now is planned and asked anew. */
  const applyOrAsk = async (wanted: Marks, plan: BulkPlan): Promise<void> => {
    try {
      await list.changing(
        user => isMarked(wanted, user),
        () => apply(wanted, plan),
      );
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'plan_changed') throw error;
      console.say({ kind: 'refused', text: error.message });
      ask(wanted, [plan.action]);
    }
  };

  const about = (wanted: Marks, plan: BulkPlan): string[] => {
    const lines = [
      ...(plan.action === 'delete' && plan.toChange > 0 ? [whoOf(wanted, plan)] : []),
      ...planWarnings(plan),
    ];
    return lines.length > 0 ? ['', ...lines] : [];
  };
  const ask = (wanted: Marks, ways: Ways): void =>
    openPlan(console, {
      actor,
      marks: wanted,
      ways,
      about: plan => about(wanted, plan),
      confirmed: plan => void attempt(() => applyOrAsk(wanted, plan)),
    });

  return {
    /** Asks for one yes to what would be done with the marked users. */
    ask: (wish: BulkWish): void => ask(marks.state.get(), waysOf[wish]),
    /** Runs until a change or its undoing has been told of and shows: keys typed behind the yes are about that. */
    settling: (): Promise<void> | undefined => running,
  };
};

/** The first few of so many. */
const namesOf = (some: readonly { username: string }[], count = some.length): string => {
  const names = some.slice(0, mostNames).map(({ username }) => namedAmong(username));
  const more = count - names.length;
  return more > 0 ? `${names.join(', ')} and ${grouped(more)} more` : names.join(', ');
};

/** Whom the plan would change, and of all of whom. */
const whoOf = (marks: Marks, { names, toChange }: BulkPlan): string => {
  const who = namesOf(
    names.map(username => ({ username })),
    toChange,
  );
  if (marks.kind === 'some') return who;
  const but = marks.except.size > 0 ? ` but ${grouped(marks.except.size)}` : '';
  return `Of all ${matchWords(marks.match)}${but}: ${who}`;
};

/** Whom an undoing has left, and why. */
const leftLines = ({ touched, touchedUsers, refusedUsers }: BulkUndone): string[] => {
  const words = `${users(touched)} ${touched === 1 ? 'was changed since and stays' : 'were changed since and stay'}`;
  const who = touchedUsers ? `: ${namesOf(touchedUsers)}` : '; so many were changed that no names were kept';
  return [
    ...(touched === 0 ? [] : [`${words}${who}`]),
    ...refusedUsers.map(({ username, reason }) => `${named(username)} stays: ${wordsOf(reason)}`),
  ];
};
