import { rmSync } from 'node:fs';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What is to be gone when this process ends. */
const passing = new Set<string>();

/**
 * Works with files that are gone in the end, also where a signal ends the process meanwhile: what is in them, hashes of
 * passwords for one, is not to lie around.
 */
export const removedInTheEnd = async <T>(paths: readonly string[], work: () => Promise<T>): Promise<T> => {
  if (passing.size === 0) for (const signal of signals) process.on(signal, endBy);
  for (const path of paths) passing.add(path);
  try {
    return await work();
  } finally {
    for (const path of paths) remove(path);
    if (passing.size === 0) stop();
  }
};

const remove = (path: string): void => {
  rmSync(path, { force: true });
  passing.delete(path);
};

const stop = (): void => {
  for (const signal of signals) process.off(signal, endBy);
};

const endBy = (signal: NodeJS.Signals): void => {
  // Whoever else listens ends the process in order, and the work with it.
  if (process.listenerCount(signal) > 1) return;
  stop();
  for (const path of passing) remove(path);
  // Node itself does this only where nobody has listened.
  if (process.stdin.isTTY) process.stdin.setRawMode(false);
  process.kill(process.pid, signal);
};
