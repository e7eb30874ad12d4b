import { Refusal } from '../refusal.ts';
import { note } from './output.ts';
import { plainRun } from './plain-run.ts';

/** Does what the arguments say; `version` is ours. Gives the exit code, having said what went wrong. */
export const start = async (args: readonly string[], version: string): Promise<number> => {
  try {
    const flags = plainRun(args);
    if (flags) await (await import('./run.tsx')).handler(flags, version);
    else await (await import('./command-line.ts')).runCommandLine(args, version);
    return 0;
  } catch (error) {
    if (error instanceof Refusal) {
      note(`langinfra: ${error.message}`);
      return error.exit;
    }
    note(`langinfra: internal error: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
};
