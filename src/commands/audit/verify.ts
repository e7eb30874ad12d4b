import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
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
        'what was exported earlier, all of it or its head, or - for stdin: finds out, too, whether the end was cut off',
    })
    .option('json', { type: 'boolean', default: false, describe: 'print one JSON document' })
    .example('$0 audit verify --head head.json', 'exit code 7 where something was changed');

/** Follows the chain of the audit. Throws wrong_use for a file that is no export, and audit_broken. */
export const handler = async (flags: CommonFlags & { head?: string; json: boolean }): Promise<void> => {
  if (flags.head !== undefined && flags.head !== '-') refuseFilesOf(flags, '--head');
  const exported = flags.head === undefined ? undefined : await headIn(flags.head, flags.caller?.stdin);
  await withWorldOf(flags, { create: false }, async ({ accounts, operator, store }) => {
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

/** In characters; a head has a hundred. */
const longestHead = 1000;

const endOf = async (stdin: Readable): Promise<string> => {
  let end = '';
  for await (const chunk of stdin.setEncoding('utf8')) end = (end + chunk).slice(-longestHead);
  return end;
};

/** The head of an export: its last line. */
const headIn = async (file: string, stdin: Readable = process.stdin): Promise<AuditHead> => {
  try {
    const text = file === '-' ? await endOf(stdin) : readFileSync(file, 'utf8');
    const last = text.trimEnd().split('\n').at(-1) ?? '';
    return headShape.parse(JSON.parse(last));
  } catch {
    throw new Refusal('wrong_use', {
      sentence: `${file === '-' ? 'stdin' : file} cannot be read as what langinfra audit export has written`,
    });
  }
};
