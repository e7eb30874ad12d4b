import { wordsOf } from '../refusal.ts';
import { grouped } from '../text.ts';
import type { BulkAction, BulkPlan } from './bulk-plan.ts';

const already: Record<BulkAction, string> = {
  activate: 'already active',
  deactivate: 'not active already',
  promote: 'already superuser',
  demote: 'no superuser already',
  delete: 'already deleted',
};

/** What a plan would do, a line for each outcome, and one for each doubt about the names of those it lets in. */
export const planLines = (plan: BulkPlan): string[] => [
  `${grouped(plan.toChange)} to ${plan.action}`,
  ...(plan.already > 0 ? [`${grouped(plan.already)} ${already[plan.action]}`] : []),
  ...plan.refused.map(({ reason, count }) => `${grouped(count)} refused: ${wordsOf(reason)}`),
  ...doubtful(
    plan.lookAlike,
    "has a name that looks like another user's",
    "have names that look like others'",
  ),
  ...doubtful(plan.mixedScripts, 'has a name that mixes scripts', 'have names that mix scripts'),
];

const doubtful = (count: number, one: string, many: string): string[] =>
  count === 0 ? [] : [`${grouped(count)} ${count === 1 ? one : many}`];

/** The same in one sentence. */
export const planSentence = (plan: BulkPlan): string => planLines(plan).join(', ');
