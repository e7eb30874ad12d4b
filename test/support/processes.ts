import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export type Process = { pid: number; parent: number; session: number };

/** What `work` finds out about a process; undefined where it has ended meanwhile, or is not ours to look at. */
const lookedAt = <T>(work: () => T): T | undefined => {
  try {
    return work();
  } catch {
    return undefined;
  }
};

/** Every process of this computer. */
export const allProcesses = (): Process[] =>
  readdirSync('/proc').flatMap(name => {
    if (!/^\d+$/.test(name)) return [];
    // The name of the program, in brackets, may have spaces and brackets of its own.
    const stat = lookedAt(() => readFileSync(`/proc/${name}/stat`, 'utf8'));
    if (stat === undefined) return [];
    const [, parent, , session] = stat.split(') ').at(-1)?.split(' ') ?? [];
    return [{ pid: Number(name), parent: Number(parent), session: Number(session) }];
  });

/** Its command line; empty for one that has ended and still is in the table. */
export const argumentsOf = (pid: number): string[] =>
  lookedAt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
    ?.split('\0')
    .slice(0, -1) ?? [];

/** The environment it was started with, as `NAME=value`. */
export const environmentOf = (pid: number): string[] =>
  lookedAt(() => readFileSync(`/proc/${pid}/environ`, 'utf8'))?.split('\0') ?? [];

/** The files, terminals and sockets that a process has open. */
export const openFilesOf = (pid: number): string[] =>
  (lookedAt(() => readdirSync(`/proc/${pid}/fd`)) ?? []).flatMap(
    fd => lookedAt(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? [],
  );

/** Everything that was started on a terminal: its shell gives each job a group of its own. */
export const processesOfSession = (session: number): number[] =>
  allProcesses()
    .filter(process => process.session === session)
    .map(({ pid }) => pid);

/** Everything that a process has started and everything those have, and so on. */
export const descendantsOf = (ancestor: number): number[] => {
  const all = allProcesses();
  const below = (pid: number): number[] =>
    all.filter(({ parent }) => parent === pid).flatMap(child => [child.pid, ...below(child.pid)]);
  return below(ancestor);
};

/** Whether a process runs; one that has ended may stay in the table until its parent asks for it. */
export const isRunning = (pid: number): boolean => argumentsOf(pid).length > 0;

/** Sends it a signal, if it is there still. */
export const endProcess = (pid: number, signal: NodeJS.Signals = 'SIGKILL'): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
};
