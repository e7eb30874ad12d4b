import { setTimeout } from 'node:timers/promises';
import { type AuditFilter, type AuditHead, type AuditRow, beforeFirst } from '../../store/audit.ts';
import { outputOf } from '../output.ts';
import type { CommandWorld, CommonFlags } from '../with-world.ts';

const pageSize = 1000;
/** How often new rows are asked for, in milliseconds. */
const interval = 500;

type Following = {
  flags: CommonFlags;
  show: (rows: readonly AuditRow[]) => string;
  newest: number | 'all';
};

/**
 * Shows the newest rows, or all, and then what happens, the newest last, until nobody reads it any more. It goes on with
 * what a restore puts in the place of the audit. Throws database_moved.
 */
export const follow = async (
  { accounts, operator, store }: CommandWorld,
  filter: AuditFilter,
  { flags, show, newest }: Following,
): Promise<void> => {
  const { resultPart, note } = outputOf(flags);
  /** Whether the row that was read last is still the one of that number. */
  const isThere = async ({ id, mac }: AuditHead): Promise<boolean> => {
    const [row] = await accounts.audit.page(operator, {}, { after: id - 1, limit: 1 });
    return row?.id === id && row.mac === mac;
  };
  /** The last row before that of the restore. */
  const beforeRestore = async (): Promise<AuditHead | undefined> => {
    const [row] = await accounts.audit.page(operator, { event: 'restored' }, { limit: 1 });
    const before = row && { before: row.id, limit: 1 };
    return before ? (await accounts.audit.page(operator, {}, before))[0] : undefined;
  };

  let last: AuditHead | undefined;
  if (newest !== 'all') {
    const rows = await accounts.audit.page(operator, filter, { limit: newest });
    last = rows[0] ?? (await accounts.audit.head(operator));
    if (!(await resultPart(show(rows.reverse())))) return;
  }
  while (!flags.caller?.signal.aborted) {
    await store.refuseMoved();
    if (last && !(await isThere(last))) {
      note('The audit was replaced: it goes on with that of the backup that was restored');
      last = await beforeRestore();
    }
    const after = last?.id ?? beforeFirst;
    const rows = await accounts.audit.page(operator, filter, { after, limit: pageSize });
    last = rows.at(-1) ?? last;
    if (rows.length > 0 && !(await resultPart(show(rows)))) return;
    if (rows.length < pageSize) await setTimeout(interval);
  }
};
