import { Text } from 'ink';
import type { Actor } from '../accounts/actor.ts';
import type { BulkAction, BulkPlan } from '../accounts/bulk-plan.ts';
import { planLines } from '../accounts/plan-words.ts';
import { grouped } from '../text.ts';
import { plannedCommand } from './as-command.ts';
import { openCommand } from './command-dialog.tsx';
import { type Answer, answersSpoken, Buttons } from './confirm.tsx';
import type { Console } from './console.ts';
import { Dialog, Lines, linesOf } from './dialog.tsx';
import { type Keymap, planKeys, removalPlanKeys } from './keymap.ts';
import type { Layer, Size } from './layer.ts';
import { type Marks, selectionOf } from './marks.ts';
import { derived, type Observable, observable, useObservable } from './observable.ts';
import { runByKeys } from './run-by-keys.ts';
import type { Spoken } from './spoken.ts';

/** Where one wish goes both ways, the ways; the first is what is planned where it would change somebody. */
export type Ways = readonly [BulkAction, BulkAction] | readonly [BulkAction];

export type PlanOptions = {
  actor: Actor;
  marks: Marks;
  ways: Ways;
  /** Lines that say more than the counts do. */
  about: (plan: BulkPlan) => readonly string[];
  confirmed: (plan: BulkPlan) => void;
};

type State = { plan: BulkPlan | undefined; way: number; chosen: Answer };

/** What takes no longer, in milliseconds, is waited for. */
const patience = 300;

const verbs: Record<BulkAction, string> = {
  activate: 'Activate',
  deactivate: 'Deactivate',
  promote: 'Promote',
  demote: 'Demote',
  delete: 'Delete',
};

/** Shows what would be done with the marked users, and does it after one yes. */
export const openPlan = (console: Console, { actor, marks, ways, about, confirmed }: PlanOptions): void => {
  const state = observable<State>({ plan: undefined, way: 0, chosen: 'cancel' });
  const stop = new AbortController();
  const counting = briefly();
  const selection = selectionOf(marks);
  const planWay = async (way: number): Promise<BulkPlan> =>
    console.accounts.bulk.plan(actor, selection, ways[way] ?? ways[0], stop.signal);
  const plan = (from: number, isFirst: boolean): void => {
    state.set({ plan: undefined, way: from, chosen: 'cancel' });
    counting.during(
      console.attempt(async () => {
        try {
          const found = await planWay(from);
          const isIdle = found.total > 0 && found.already === found.total && ways.length > 1;
          const way = isFirst && isIdle ? 1 : from;
          state.set({ plan: way === from ? found : await planWay(way), way, chosen: 'cancel' });
        } catch (error) {
          if (!stop.signal.aborted) throw error;
        }
      }),
    );
  };

  const answer = (doIt: boolean): void => {
    const { plan: now } = state.get();
    console.close(layer);
    if (doIt && now) confirmed(now);
  };
  const canDo = (): boolean => (state.get().plan?.toChange ?? 0) > 0;
  const actions = {
    yes: () => answer(true),
    no: () => answer(false),
    move: () => state.update(now => ({ ...now, chosen: now.chosen === 'cancel' ? 'yes' : 'cancel' })),
    choose: () => answer(state.get().chosen === 'yes'),
    turn: () => plan(1 - state.get().way, false),
    command: () => {
      const { plan: now, way } = state.get();
      const whyNone = whyNot('yes');
      openCommand(console, {
        title: verbs[ways[way] ?? ways[0]],
        command: now && !whyNone ? plannedCommand(console, marks, now) : undefined,
        whyNot: whyNone,
      });
    },
  };
  const whyNot = (action: keyof typeof actions): string | undefined => {
    if (action === 'no' || action === 'command' || (action === 'choose' && state.get().chosen === 'cancel'))
      return undefined;
    if (!state.get().plan) return 'The users are still being counted';
    return action === 'turn' || canDo() ? undefined : 'There is nobody to change';
  };
  const keymap: Keymap = ways.length > 1 ? planKeys : removalPlanKeys;
  const layer: Layer = {
    ...runByKeys(console, keymap, actions, whyNot),
    settling: counting.settling,
    view: size => <Plan state={state} ways={ways} about={about} size={size} />,
    spoken: derived([state], () => planSpoken(state.get(), ways, about)),
    close: () => stop.abort(),
  };
  console.open(layer);
  plan(0, true);
};

/** Keys wait for the plan, so that a yes typed ahead is a yes to it; but not for long, or esc would not help. */
const briefly = () => {
  let waiting: Promise<void> | undefined;
  return {
    settling: (): Promise<void> | undefined => waiting,
    during: (work: Promise<void>): void => {
      let late: NodeJS.Timeout | undefined;
      const soon = Promise.race([
        work,
        new Promise<void>(resolve => {
          late = setTimeout(resolve, patience);
        }),
      ]).finally(() => {
        clearTimeout(late);
        if (waiting === soon) waiting = undefined;
      });
      waiting = soon;
    },
  };
};

const titleOf = (verb: string, { total }: BulkPlan): string =>
  `${verb} ${total === 1 ? 'the Marked User' : `${grouped(total)} Marked Users`}`;

/** What is planned is one sentence, which is said anew where it was turned round. */
const planSpoken = ({ plan, way, chosen }: State, ways: Ways, about: PlanOptions['about']): Spoken => {
  const verb = verbs[ways[way] ?? ways[0]];
  if (!plan) return { title: verb, news: { plan: 'Counting...' } };
  return {
    title: titleOf(verb, plan),
    news: {
      plan: `${titleOf(verb, plan)}: ${planLines(plan).join(', ')}`,
      ...Object.fromEntries(about(plan).map((line, at) => [`about ${at}`, line])),
    },
    ...answersSpoken(chosen, verb),
  };
};

type PlanProps = { state: Observable<State>; ways: Ways; about: PlanOptions['about']; size: Size };

const Plan = ({ state, ways, about, size }: PlanProps) => {
  const { plan, way, chosen } = useObservable(state);
  const verb = verbs[ways[way] ?? ways[0]];
  if (!plan)
    return (
      <Dialog size={size} title={verb} lines={1}>
        <Text>Counting...</Text>
      </Dialog>
    );
  const lines = linesOf([...planLines(plan), ...about(plan)], size);
  return (
    <Dialog size={size} title={titleOf(verb, plan)} lines={lines.length + 2}>
      <Lines lines={lines} />
      <Text> </Text>
      <Buttons chosen={chosen} yes={verb} />
    </Dialog>
  );
};
