import { printable } from '../text.ts';

/** Results go to stdout; everything said about them goes to stderr. Both end in a newline. */
export const result = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/**
 * A long result, part by part: resolves when the part has left, so that it is not all kept for a slow reader. False
 * where it could not be written; cli.tsx says why.
 */
export const resultPart = (text: string): Promise<boolean> =>
  new Promise(resolve => process.stdout.write(text, error => resolve(!error)));

/** One JSON document on stdout. Escapes what is not ASCII, so that no name can act on a terminal. */
export const resultJson = (value: unknown): void => result(json(value));

export const json = (value: unknown, indent = 2): string =>
  JSON.stringify(value, null, indent).replace(
    /[^\x20-\x7e\n]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

export const note = (text: string): void => {
  process.stderr.write(`${printable(text)}\n`);
};

/** Said before the database of an older version, with many users, is brought up to date. */
export const sayLongUpgrade = (): void =>
  note(
    'langinfra: the database is being brought up to date; with a million users that takes a minute or more',
  );

export const warn = (text: string): void => note(`langinfra: warning: ${text}`);
