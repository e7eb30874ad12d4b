import { readFileSync } from 'node:fs';
import type { Argv } from 'yargs';
import * as z from 'zod/mini';
import { soundWords } from '../../accounts/audit-chain.ts';
import { Refusal } from '../../refusal.ts';
import type { AuditHead } from '../../store/audit.ts';
import { grouped } from '../../text.ts';
import { outputOf } from '../output.ts';
import { type CommonFlags, refuseFilesOf, withWorldOf } from '../with-world.ts';

export const builder = (yargs: Argv) =>
  yargs
    .option('head', {
      type: 'string',
      requiresArg: true,
      describe:
        'what was exported earlier, all of it or its head: finds out, too, whether the end was cut off',
    })
    .option('json', { type: 'boolean', default: false, describe: 'print one JSON document' })
    .example('$0 audit verify --head head.json', 'exit code 7 where something was changed');

/** Follows the chain of the audit. Throws wrong_use for a file that is no export, and audit_broken. */
export const handler = (flags: CommonFlags & { head?: string; json: boolean }): Promise<void> => {
  if (flags.head !== undefined) refuseFilesOf(flags, '--head');
  const exported = flags.head === undefined ? undefined : headIn(flags.head);
  return withWorldOf(flags, { create: false }, async ({ accounts, operator, store }) => {
    const verdict = await accounts.audit.verify(operator, exported);
    const { rows, head, problems, unverifiable } = verdict;
    const { note, result, resultJson } = outputOf(flags);
    const isSound = problems.length === 0;
    if (flags.json) resultJson({ ok: isSound, rows, head: head ?? null, problems, unverifiable });
    else if (isSound) result(soundWords(verdict));
    else for (const problem of problems) result(problem);
    if (unverifiable > 0 && !flags.json)
      note(
        `${unverifiable === 1 ? 'Row 1' : `Rows 1 to ${grouped(unverifiable)}`} cannot be verified: when the next one was written no password was stored, and the secret key was another one. If somebody had a password by then, what stands there is forged`,
      );
    if (!isSound) throw new Refusal('audit_broken', { path: store.path });
    if (!exported && !flags.json)
      note('An end that was cut off with care shows only against what was exported earlier: --head FILE');
  });
};

const headShape = z.object({ id: z.int(), mac: z.string() });

/** The head of an export: its last line. */
const headIn = (file: string): AuditHead => {
  try {
    const last = readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? '';
    return headShape.parse(JSON.parse(last));
  } catch {
    throw new Refusal('wrong_use', {
      sentence: `${file} cannot be read as what langinfra audit export has written`,
    });
  }
};
