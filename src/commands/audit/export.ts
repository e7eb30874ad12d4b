import type { Argv } from 'yargs';
import { auditJson } from '../../accounts/audit-json.ts';
import { beforeFirst } from '../../store/audit.ts';
import { json, outputOf } from '../output.ts';
import { type CommonFlags, withWorldOf } from '../with-world.ts';

const pageSize = 1000;

export const builder = (yargs: Argv) =>
  yargs
    .option('head', {
      type: 'boolean',
      default: false,
      describe: 'only the number and the seal of the last row, which stand for all before it',
    })
    .example('$0 audit export > audit.jsonl', 'everything, the oldest first');

/** Writes the audit as lines of JSON, the oldest first. */
export const handler = (flags: CommonFlags & { head: boolean }): Promise<void> =>
  withWorldOf(flags, { create: false }, async ({ accounts, operator }) => {
    const { note, resultPart } = outputOf(flags);
    if (flags.head) {
      const head = await accounts.audit.head(operator);
      if (head) await resultPart(`${json(head, 0)}\n`);
      else note('Nothing has happened yet');
      return;
    }
    for (let after = beforeFirst; ; ) {
      const rows = await accounts.audit.page(operator, {}, { after, limit: pageSize });
      if (rows.length === 0) return;
      if (!(await resultPart(rows.map(row => `${json(auditJson(row), 0)}\n`).join('')))) return;
      after = rows.at(-1)?.id ?? after;
    }
  });
