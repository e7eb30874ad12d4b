import type { Argv } from 'yargs';
import type { Check } from '../accounts/check.ts';
import { Refusal } from '../refusal.ts';
import { printable } from '../text.ts';
import { result, resultJson } from './output.ts';
import { type CommonFlags, settingsOf, withWorld } from './with-world.ts';

export const builder = (yargs: Argv) =>
  yargs
    .option('json', { type: 'boolean', default: false, describe: 'print one JSON document' })
    .example('$0 check', 'while others work with it; exit code 7 where something is wrong');

/** Looks the database over and says what it found. Throws found_damage. */
export const handler = (flags: CommonFlags & { json: boolean }): Promise<void> =>
  withWorld(settingsOf(flags), { create: false }, async ({ accounts, store }) => {
    const checks = await accounts.check();
    const isSound = checks.every(({ problems }) => problems.length === 0);
    if (flags.json) {
      const parts = checks.map(({ name, problems }) => ({ name, ok: problems.length === 0, problems }));
      resultJson({ database: store.path, ok: isSound, checks: parts });
    } else for (const line of checkLines(checks)) result(line);
    if (!isSound) throw new Refusal('found_damage', { path: store.path });
  });

/** A line for each part, and one for each problem of it. */
export const checkLines = (checks: readonly Check[]): string[] => {
  const width = Math.max(...checks.map(({ name }) => name.length)) + 2;
  return checks.flatMap(({ name, problems, said }) => {
    const label = name.padEnd(width);
    if (problems.length === 0) return [`${label}ok: ${printable(said)}`];
    return problems.map((problem, at) => `${at === 0 ? label : ' '.repeat(width)}${printable(problem)}`);
  });
};
