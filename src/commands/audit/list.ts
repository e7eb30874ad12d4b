import { setTimeout } from 'node:timers/promises';
import type { ArgumentsCamelCase, Argv } from 'yargs';
import { auditJson } from '../../accounts/audit-json.ts';
import { auditActor, auditPlace, auditSentence } from '../../accounts/audit-words.ts';
import { type AuditEvent, auditEvents } from '../../accounts/audit-writer.ts';
import { Refusal } from '../../refusal.ts';
import type { AuditFilter, AuditRow } from '../../store/audit.ts';
import { fit, printable, second, widthOf } from '../../text.ts';
import { json, outputOf } from '../output.ts';
import { type CommandWorld, type CommonFlags, withWorldOf } from '../with-world.ts';

type Flags = CommonFlags & {
  user?: string;
  event?: AuditEvent;
  refused: boolean;
  since?: string;
  limit?: number;
  all: boolean;
  follow: boolean;
  json: boolean;
};

/** Rows that are shown unless somebody says how many. */
const usual = 50;
const pageSize = 1000;
/** How often new rows are asked for, in milliseconds. */
const followInterval = 500;

export const builder = (yargs: Argv) =>
  yargs
    .option('user', { type: 'string', requiresArg: true, describe: 'what this user did, or was done to it' })
    .option('event', { choices: auditEvents, describe: 'only this' })
    .option('refused', { type: 'boolean', default: false, describe: 'only what was refused' })
    .option('since', {
      type: 'string',
      requiresArg: true,
      describe: 'from this day or time on, in UTC: 2026-01-31, 2026-01-31T12:00',
    })
    .option('limit', {
      type: 'number',
      requiresArg: true,
      describe: `at most so many; ${usual} where it is not said`,
    })
    .option('all', { type: 'boolean', default: false, describe: 'everything' })
    .option('follow', {
      type: 'boolean',
      default: false,
      describe: 'go on and show what happens, the newest last, until ctrl-c',
    })
    .option('json', { type: 'boolean', default: false, describe: 'a line of JSON for each' })
    .example('$0 audit list --follow', 'what happens now');

/** Shows what happened. Throws wrong_use and no_user_named. */
export const handler = (flags: ArgumentsCamelCase<Flags>): Promise<void> => {
  const { limit: most = usual, all, follow } = flags;
  if (!Number.isInteger(most) || most < 1)
    throw new Refusal('wrong_use', { sentence: '--limit is a whole number of at least 1' });
  if (all && flags.limit !== undefined)
    throw new Refusal('wrong_use', { sentence: 'Give --all or --limit, not both' });
  const since = flags.since === undefined ? undefined : momentOf(flags.since);
  return withWorldOf(flags, { create: false }, async world => {
    const { resultPart, note } = outputOf(flags);
    const { accounts, operator } = world;
    const userId =
      flags.user === undefined ? undefined : (await accounts.audit.userNamed(operator, flags.user)).id;
    const filter: AuditFilter = { userId, event: flags.event, refused: flags.refused, since };
    const show = flags.json ? jsonLines : textLines();
    if (follow) return followFrom(world, filter, show, { limit: most, flags });
    let left = all ? Number.POSITIVE_INFINITY : most;
    for (let before: number | undefined; left > 0; ) {
      const limit = Math.min(left, pageSize);
      const rows = await accounts.audit.page(operator, filter, {
        ...(before !== undefined && { before }),
        limit,
      });
      if (rows.length === 0 || !(await resultPart(show(rows)))) return;
      before = rows.at(-1)?.id;
      left -= rows.length;
      if (rows.length < limit) return;
    }
    if (!flags.json) note(`The newest ${most}. For the others: --limit or --all`);
  });
};

const followFrom = async (
  { accounts, operator }: CommandWorld,
  filter: AuditFilter,
  show: (rows: readonly AuditRow[]) => string,
  { limit, flags }: { limit: number; flags: CommonFlags },
): Promise<void> => {
  const { resultPart } = outputOf(flags);
  const newest = await accounts.audit.page(operator, filter, { limit });
  let last = newest[0]?.id ?? (await accounts.audit.head(operator))?.id ?? 0;
  if (!(await resultPart(show(newest.reverse())))) return;
  while (!flags.caller?.signal.aborted) {
    const rows = await accounts.audit.page(operator, filter, { after: last, limit: pageSize });
    last = rows.at(-1)?.id ?? last;
    if (rows.length > 0 && !(await resultPart(show(rows)))) return;
    await setTimeout(followInterval);
  }
};

/** Throws wrong_use for what is no day and no time. */
const momentOf = (text: string): string => {
  const isWritten = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?Z?)?$/.test(text);
  const moment = isWritten
    ? new Date(`${text.replace(' ', 'T').replace(/Z$/, '')}${text.length > 10 ? 'Z' : ''}`)
    : undefined;
  if (!moment || Number.isNaN(moment.getTime()))
    throw new Refusal('wrong_use', {
      sentence: '--since is a day or a time in UTC: 2026-01-31 or 2026-01-31T12:00',
    });
  return moment.toISOString().replace('Z', '000Z');
};

const jsonLines = (rows: readonly AuditRow[]): string =>
  rows.map(row => `${json(auditJson(row), 0)}\n`).join('');

const textLines = (): ((rows: readonly AuditRow[]) => string) => {
  let nameWidth = 8;
  return rows => {
    nameWidth = Math.max(nameWidth, ...rows.map(row => widthOf(auditActor(row))));
    return rows.map(row => `${lineOf(row, nameWidth)}\n`).join('');
  };
};

const lineOf = (row: AuditRow, nameWidth: number): string =>
  [
    printable(second(row.at)),
    fit(auditActor(row), nameWidth),
    `${auditSentence(row)}  (${auditPlace(row)})`,
  ].join('  ');
