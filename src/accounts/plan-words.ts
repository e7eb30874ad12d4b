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

/** What a plan would do, a line for each outcome. */
export const planLines = (plan: BulkPlan): string[] => [
  `${grouped(plan.toChange)} to ${plan.action}`,
  ...(plan.already > 0 ? [`${grouped(plan.already)} ${already[plan.action]}`] : []),
  ...plan.refused.map(({ reason, count }) => `${grouped(count)} refused: ${wordsOf(reason)}`),
  ...(plan.lookAlike > 0
    ? [
        plan.lookAlike === 1
          ? "1 has a name that looks like another user's"
          : `${grouped(plan.lookAlike)} have names that look like other users'`,
      ]
    : []),
];

/** The same in one sentence. */
export const planSentence = (plan: BulkPlan): string => planLines(plan).join(', ');
