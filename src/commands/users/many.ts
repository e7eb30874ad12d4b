import type { BulkAction, BulkPlan } from '../../accounts/bulk-plan.ts';
import {
  doneSentence,
  leftSentence,
  planLines,
  planWarnings,
  refusedLines,
} from '../../accounts/plan-words.ts';
import { Refusal, wordsOf } from '../../refusal.ts';
import type { UserSelection } from '../../store/user-selections.ts';
import { outputOf } from '../output.ts';
import { showProgress } from '../progress.ts';
import { type CommandWorld, canAsk, sayWhatChanged, withWorldOf } from '../with-world.ts';
import { confirm } from './confirm.ts';
import type { Which, WhichFlags } from './which.ts';

type Many = Exclude<Which, { name: string }>;

/** So often a plan that others made old is made anew where nobody has confirmed it. */
const attempts = 5;

/** Does one thing to many users: shows the plan, asks, and does it as a whole. Throws some_refused in the end. */
export const handler = (action: BulkAction, which: Many, flags: WhichFlags): Promise<void> => {
  const asks = !flags.yes && !flags.dryRun;
  if (asks && !canAsk(flags))
    throw new Refusal('wrong_use', {
      sentence:
        'Without a terminal nobody can be asked: add --yes to go on, or --dry-run to see what would be done',
    });
  return withWorldOf(flags, { create: false, rehearsal: flags.dryRun }, async world => {
    const { result, resultJson } = outputOf(flags);
    const selection = await selectionOf(world, which);
    const { plan, changed } = await planAndApply(world, selection, action, flags);
    if (flags.json) resultJson({ plan: planJson(plan), changed, dry_run: flags.dryRun });
    else if (flags.dryRun) for (const line of [...planLines(plan), ...planWarnings(plan)]) result(line);
    else if (changed > 0 || plan.refused.length === 0) result(doneSentence(plan));
    if (flags.dryRun || changed > 0 || plan.refused.length === 0) sayWhatChanged(world, flags.dryRun, flags);
    if (plan.refused.length > 0)
      throw new Refusal('some_refused', {
        // The plan, which says why, is the result of a dry run.
        sentence: flags.dryRun ? leftSentence(plan) : refusedLines(plan).join('; '),
      });
  });
};

const selectionOf = async ({ accounts, operator }: CommandWorld, which: Many): Promise<UserSelection> => {
  if ('match' in which) return { match: which.match, except: [] };
  const users = await accounts.users.findByNames(operator, which.names);
  return { ids: users.map(({ id }) => id) };
};

const planAndApply = async (
  { accounts: { bulk }, operator }: CommandWorld,
  selection: UserSelection,
  action: BulkAction,
  flags: WhichFlags,
): Promise<{ plan: BulkPlan; changed: number }> => {
  const { yes, dryRun } = flags;
  const { note } = outputOf(flags);
  for (let attempt = 1; ; attempt++) {
    const plan = await bulk.plan(operator, selection, action);
    if (dryRun || plan.toChange === 0) return { plan, changed: 0 };
    if (attempt === 1) for (const line of [...planLines(plan), ...planWarnings(plan)]) note(line);
    if (!yes) await confirm('Go on? [y/N] ');
    const progress = showProgress(flags, plan.toChange);
    try {
      const done = await bulk.apply(operator, selection, plan, { onProgress: progress.tell });
      return { plan: done.plan, changed: done.plan.toChange };
    } catch (error) {
      const isOld = error instanceof Refusal && error.code === 'plan_changed';
      if (!isOld || !yes || attempt === attempts) throw error;
    } finally {
      progress.end();
    }
  }
};

const planJson = (plan: BulkPlan) => ({
  action: plan.action,
  total: plan.total,
  to_change: plan.toChange,
  already: plan.already,
  refused: plan.refused.map(({ reason, count }) => ({ reason, count, detail: wordsOf(reason) })),
  look_alike: plan.lookAlike,
  mixed_scripts: plan.mixedScripts,
});
