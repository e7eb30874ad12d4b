import { type Stats, statSync } from 'node:fs';

/** What a path leads to instead of a file, as the reason of a refusal; undefined for a file, and where there is nothing. */
export const whyNoFile = (path: string): string | undefined => {
  const found = foundAt(path);
  return found && !found.isFile() ? `it is ${kindOf(found)}, not a file` : undefined;
};

const foundAt = (path: string): Stats | undefined => {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // It cannot be reached: whoever opens it says why.
    return undefined;
  }
};

const kindOf = (found: Stats): string => {
  if (found.isDirectory()) return 'a directory';
  if (found.isFIFO()) return 'a pipe';
  return found.isSocket() ? 'a socket' : 'a device';
};
