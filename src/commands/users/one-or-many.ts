import type { BulkAction } from '../../accounts/bulk-plan.ts';
import * as deletion from './delete.ts';
import * as flag from './flags.ts';
import * as many from './many.ts';
import { type WhichFlags, whichOf } from './which.ts';

/** activate, deactivate, promote, demote, delete: one user by the single change, several by a plan. */
export const handler = async (action: BulkAction, flags: WhichFlags): Promise<void> => {
  const which = whichOf(flags);
  if (!('name' in which)) return many.handler(action, which, flags);
  const one = { ...flags, name: which.name };
  return action === 'delete' ? deletion.handler(one) : flag.handler(action, one);
};
