import { wordsOf } from '../refusal.ts';
import { counted, grouped } from '../text.ts';
import type { BulkAction, BulkPlan } from './bulk-plan.ts';

const already: Record<BulkAction, readonly [one: string, many: string]> = {
  activate: ['already active', 'already active'],
  deactivate: ['not active already', 'not active already'],
  promote: ['already a superuser', 'already superusers'],
  demote: ['already no superuser', 'already no superusers'],
  delete: ['already deleted', 'already deleted'],
};

const alreadyWords = ({ action, already: count }: BulkPlan): string => {
  return counted(count, ...already[action]);
};

/** What a plan would do, a line for each outcome, and one for each doubt about the names of those it lets in. */
export const planLines = (plan: BulkPlan): string[] => [
  `${grouped(plan.toChange)} to ${plan.action}`,
  ...(plan.already > 0 ? [alreadyWords(plan)] : []),
  ...refusedLines(plan),
  ...doubtful(
    plan.lookAlike,
    "has a name that looks like another user's",
    "have names that look like others'",
  ),
  ...doubtful(plan.mixedScripts, 'has a name that mixes scripts', 'have names that mix scripts'),
];

const doubtful = (count: number, one: string, many: string): string[] =>
  count === 0 ? [] : [counted(count, one, many)];

/** How many stay as they are because a rule says so, a line for each rule. */
export const refusedLines = ({ refused }: BulkPlan): string[] =>
  refused.map(({ reason, count }) => `${grouped(count)} refused: ${wordsOf(reason)}`);

/** How many would stay as they are, for whom the rules are no news. */
export const leftSentence = ({ refused }: BulkPlan): string => {
  const left = refused.reduce((sum, { count }) => sum + count, 0);
  return `${users(left)} would be left as ${left === 1 ? 'it is' : 'they are'}`;
};

/** Who waits for more users than this is told what it is to everybody else. */
const manyUsers = 10_000;

/** What should be known before it is done, beside the numbers, as sentences. */
export const planWarnings = ({ action, toChange }: BulkPlan): string[] => [
  ...(action === 'delete' && toChange > 0
    ? ['Their folders and sessions go. A deletion cannot be undone.']
    : []),
  ...(toChange > manyUsers
    ? ['This takes a while. Sign-ins and changes of others wait meanwhile, or are refused.']
    : []),
];

/** `1 user`, `1,240 users`. */
export const users = (count: number): string => counted(count, 'user');

const doneWords: Record<BulkAction, readonly [one: string, many: string]> = {
  activate: ['is active now', 'are active now'],
  deactivate: ['is not active any more', 'are not active any more'],
  promote: ['is a superuser now', 'are superusers now'],
  demote: ['is no superuser any more', 'are no superusers any more'],
  delete: ['was deleted', 'were deleted'],
};

/** What a plan that was applied has done; where there was nothing to do, that. */
export const doneSentence = (plan: BulkPlan): string => {
  const { action, toChange } = plan;
  if (toChange === 0)
    return `There is nobody to ${action}${plan.already > 0 ? `: ${alreadyWords(plan)}` : ''}`;
  const [one, many] = doneWords[action];
  return `${users(toChange)} ${toChange === 1 ? one : many}`;
};

/** A plan in one sentence. */
export const planSentence = (plan: BulkPlan): string => planLines(plan).join(', ');
