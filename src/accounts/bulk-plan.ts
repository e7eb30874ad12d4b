import type { Reason } from '../refusal.ts';
import type { Transaction } from '../store/open.ts';
import type { SelectedUser, SelectionPart, UserSelection } from '../store/user-selections.ts';
import type { Authority } from './actor.ts';
import { mixesScripts } from './scripts.ts';

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
  /** The first few of those who would be changed, by name, as they are called now; all of them where they are few. */
  names: string[];
  /** How many of those who would be let in have a name that looks like another's, and how many one that mixes scripts. */
  lookAlike: number;
  mixedScripts: number;
  /**
   * When one of those who would be changed was changed last: ISO 8601 with microseconds, UTC; null for nobody. Who comes
   * among them later makes it later, so that as many others are not taken for them.
   */
  latest: string | null;
};

/** A plan has no more names than this. */
export const mostNames = 50;

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
  reads: BulkReads,
  { user: own }: Authority,
  selection: UserSelection,
  action: BulkAction,
): Promise<Planned> => {
  const { selections } = reads;
  const total = await selections.count(selection);
  const wouldChange = await selections.count(selection, affected[action]);
  const refused: BulkPlan['refused'] = [];
  const refuse = (reason: Reason, count: number): void => {
    if (count > 0) refused.push({ reason, count });
  };

  let part = affected[action];
  if (takesAway(action)) {
    refuse('automatic_account', await selections.count(selection, { ...part, isAutomatic: true }));
    part = { ...part, isAutomatic: false };
    const owns = own ? await selections.first(selection, { ...part, id: own.id }, 1) : [];
    refuse(ownReasons[action], owns.length);
    part = { ...part, without: idsOf(owns) };
    if (action === 'delete') {
      refuse('user_has_data', await selections.count(selection, { ...part, hasData: true }));
      part = { ...part, hasData: false };
    }
    // Last of all: whoever stays for another reason may be the superuser who remains.
    const last = await lastOnes(reads, selection, part);
    refuse('last_superuser', last.length);
    part = { ...part, without: idsOf([...owns, ...last]) };
  }
  const letsIn = action === 'activate' || action === 'promote';
  const toChange = refused.reduce((left, { count }) => left - count, wouldChange);
  const named = toChange > 0 ? await selections.first(selection, part, mostNames) : [];
  const plan = {
    action,
    total,
    toChange,
    already: total - wouldChange,
    refused,
    names: named.map(({ username }) => username),
    lookAlike: letsIn ? await selections.count(selection, { ...part, looksAlike: true }) : 0,
    mixedScripts: letsIn ? await countMixed(reads, selection, part) : 0,
    latest: await selections.latestChange(selection, part),
  };
  return { plan, part };
};

type TakesAway = 'deactivate' | 'demote' | 'delete';
const takesAway = (action: BulkAction): action is TakesAway => action in ownReasons;
const ownReasons = {
  deactivate: 'own_active',
  demote: 'own_superuser',
  delete: 'own_account',
} as const satisfies Record<TakesAway, Reason>;

const idsOf = (users: readonly SelectedUser[]): string[] => users.map(({ id }) => id);

/** The superuser who has to stay, the first by name, where the action would leave none who can sign in; else nobody. */
const lastOnes = async (
  { selections, users }: BulkReads,
  selection: UserSelection,
  part: SelectionPart,
): Promise<SelectedUser[]> => {
  const canSignIn = { ...part, isActive: true, isSuperuser: true };
  const losing = await selections.count(selection, canSignIn);
  if (losing === 0 || losing < (await users.countActiveSuperusers())) return [];
  return selections.first(selection, canSignIn, 1);
};

const countMixed = async (
  { selections }: BulkReads,
  selection: UserSelection,
  part: SelectionPart,
): Promise<number> => {
  let mixed = 0;
  for await (const names of selections.names(selection, { ...part, isAscii: false }))
    mixed += names.filter(mixesScripts).length;
  return mixed;
};

/** Whether two plans say the same to whoever confirms one. */
export const isSamePlan = (one: BulkPlan, other: BulkPlan): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
