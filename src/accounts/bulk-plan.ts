import type { Reason } from '../refusal.ts';
import type { Transaction } from '../store/open.ts';
import type { SelectedUser, SelectionPart, UserSelection } from '../store/user-selections.ts';
import type { Authority } from './actor.ts';

/** What is done with many users at once. */
export const bulkActions = ['activate', 'deactivate', 'promote', 'demote', 'delete'] as const;
export type BulkAction = (typeof bulkActions)[number];

/** What an action would do with the selected users, before anything is done. */
export type BulkPlan = {
  action: BulkAction;
  /** How many users are selected. */
  total: number;
  /** How many of them would be changed, and how many are so already. */
  toChange: number;
  already: number;
  /** Why the others are left as they are. */
  refused: { reason: Reason; count: number }[];
  /** How many of those who would be let in have a name that looks like another's. */
  lookAlike: number;
};

export type BulkReads = Pick<Transaction, 'selections'> & {
  users: Pick<Transaction['users'], 'countActiveSuperusers'>;
};

/** Who of the selection an action would change, but for what the rules refuse. */
const affected: Record<BulkAction, SelectionPart> = {
  activate: { isActive: false },
  deactivate: { isActive: true },
  promote: { isSuperuser: false },
  demote: { isSuperuser: true },
  delete: {},
};

/** A plan with the part of the selection that it changes. */
export type Planned = { plan: BulkPlan; part: SelectionPart };

/**
 * Plans an action by the rules of single changes (guards.ts): the automatic and the own account stay as they are, a
 * superuser with a password who can sign in remains, and nobody is deleted whose data only the Python Langinfra deletes.
 */
export const planBulk = async (
  { selections, users }: BulkReads,
  { user: own }: Authority,
  selection: UserSelection,
  action: BulkAction,
): Promise<Planned> => {
  const part = affected[action];
  const count = (more: SelectionPart = {}) => selections.count(selection, { ...part, ...more });
  const total = await selections.count(selection);
  const wouldChange = await count();
  const refused: BulkPlan['refused'] = [];
  const without: string[] = [];
  const refuse = (reason: Reason, those: readonly SelectedUser[]): void => {
    if (those.length === 0) return;
    refused.push({ reason, count: those.length });
    without.push(...those.map(({ id }) => id));
  };

  if (takesAway(action)) {
    const most = 2;
    refuse('automatic_account', await selections.first(selection, { ...part, isAutomatic: true }, most));
    refuse(ownReasons[action], await onlyOwn(selections, selection, part, own?.id));
    refuse('last_superuser', await lastOne(selections, users, selection, { ...part, without }));
  }
  const withData = action === 'delete' ? await count({ without, hasData: true }) : 0;
  if (withData > 0) refused.push({ reason: 'user_has_data', count: withData });
  const letsIn = action === 'activate' || action === 'promote';
  return {
    plan: {
      action,
      total,
      toChange: wouldChange - without.length - withData,
      already: total - wouldChange,
      refused,
      lookAlike: letsIn ? await count({ without, looksAlike: true }) : 0,
    },
    part: { ...part, without, ...(action === 'delete' && { hasData: false }) },
  };
};

type TakesAway = 'deactivate' | 'demote' | 'delete';
const takesAway = (action: BulkAction): action is TakesAway => action in ownReasons;
const ownReasons = {
  deactivate: 'own_active',
  demote: 'own_superuser',
  delete: 'own_account',
} as const satisfies Record<TakesAway, Reason>;

const onlyOwn = async (
  selections: BulkReads['selections'],
  selection: UserSelection,
  part: SelectionPart,
  ownId: string | undefined,
): Promise<SelectedUser[]> => {
  if (ownId === undefined) return [];
  const others = await selections.count(selection, { ...part, without: [ownId] });
  const all = await selections.count(selection, part);
  return all === others ? [] : [{ id: ownId, username: '' }];
};

/** The one superuser who has to stay, where the action would leave none who can sign in. */
const lastOne = async (
  selections: BulkReads['selections'],
  users: BulkReads['users'],
  selection: UserSelection,
  part: SelectionPart,
): Promise<SelectedUser[]> => {
  const canSignIn = { ...part, isActive: true, isSuperuser: true, isAutomatic: false };
  const losing = await selections.count(selection, canSignIn);
  if (losing === 0 || losing < (await users.countActiveSuperusers())) return [];
  return selections.first(selection, canSignIn, 1);
};

/** Whether two plans say the same to whoever confirms one. */
export const isSamePlan = (one: BulkPlan, other: BulkPlan): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
