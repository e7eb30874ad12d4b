import type { Writable } from 'node:stream';
import { printable } from '../text.ts';
import type { Caller } from './caller.ts';

/** Where a command's words go. Results go to stdout, everything said about them to stderr; both end in a newline. */
export type Output = ReturnType<typeof createOutput>;

export const createOutput = ({
  stdout,
  stderr,
}: {
  stdout: Pick<Writable, 'write'>;
  stderr: Pick<Writable, 'write'>;
}) => {
  const result = (text: string): void => {
    stdout.write(`${text}\n`);
  };
  const note = (text: string): void => {
    stderr.write(`${printable(text)}\n`);
  };
  return {
    result,
    /**
     * A long result, part by part: resolves when the part has left, so that it is not all kept for a slow reader. False
     * where it could not be written; cli.tsx says why.
     */
    resultPart: (text: string): Promise<boolean> =>
      new Promise(resolve => stdout.write(text, error => resolve(!error))),
    /** One JSON document on stdout. Escapes what is not ASCII, so that no name can act on a terminal. */
    resultJson: (value: unknown): void => result(json(value)),
    note,
    /** A question, behind which the answer is typed. */
    prompt: (question: string): void => {
      stderr.write(question);
    },
    warn: (text: string): void => note(`langinfra: warning: ${text}`),
  };
};

/** The words of a command that only this process's own user can call. */
const own: Output = createOutput(process);
export const { result, resultPart, resultJson, note, warn } = own;

/** The words of a command, to whoever has called it. */
export const outputOf = ({ caller }: { caller?: Caller | undefined }): Output => caller?.output ?? own;

export const json = (value: unknown, indent = 2): string =>
  JSON.stringify(value, null, indent).replace(
    /[^\x20-\x7e\n]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Said before the database of an older version, with many users, is brought up to date. */
export const sayLongUpgrade = (): void =>
  note(
    'langinfra: the database is being brought up to date; with a million users that takes a minute or more',
  );
