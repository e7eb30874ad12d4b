import { createInterface } from 'node:readline';
import { type Readable, Writable } from 'node:stream';
import { Refusal } from '../refusal.ts';
import type { Caller } from './caller.ts';
import { note } from './output.ts';
import { linesOf } from './piped-lines.ts';

type Questions = {
  /** One line, shown while it is typed. */
  line: (question: string) => Promise<string>;
  /** One line that is never shown. */
  hidden: (question: string) => Promise<string>;
  close: () => void;
};

/** A person: prompts are shown, and a wrong answer is asked for again. */
export type TerminalAsker = Questions & {
  readonly interactive: true;
  /** A question whose answer is no unless somebody says y. */
  confirm: (question: string) => Promise<boolean>;
};

/** A person, or a script that pipes the answers in. */
export type Asker = TerminalAsker | (Questions & { readonly interactive: false });

/** Asks on the terminal, or takes the answers as lines where stdin is none, or where another stdin is given. */
export const createAsker = (stdin?: Readable): Asker =>
  !stdin && process.stdin.isTTY ? createTerminalAsker() : createPipedAsker(stdin ?? process.stdin);

/**
 * Takes the answers as lines of stdin. Throws `nothing_piped` at the end of the input, and wrong_use where a line is no
 * text.
 */
const createPipedAsker = (stdin: Readable): Asker => {
  const lines = linesOf(stdin);
  const next = async (question: string): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Refusal('nothing_piped', { what: question.replace(/:? *$/, '').toLowerCase() });
    return value;
  };
  return { interactive: false, line: next, hidden: next, close: () => void lines.return(undefined) };
};

/**
 * Asks somebody at a remote door whose terminal shows nothing of what is typed. Throws `stopped` at ctrl-c and ctrl-d, and
 * wrong_use where a line is no text.
 */
export const createTypedAsker = ({
  stdin,
  output,
}: Pick<Caller, 'stdin' | 'output'>): Pick<TerminalAsker, 'interactive' | 'hidden' | 'close'> => {
  const lines = linesOf(stdin);
  const hidden = async (question: string): Promise<string> => {
    output.prompt(question);
    const { value, done } = await lines.next();
    output.note('');
    if (done) throw new Refusal('stopped');
    return value;
  };
  return { interactive: true, hidden, close: () => void lines.return(undefined) };
};

/** Asks on the terminal, the questions on stderr. Throws `stopped` at ctrl-c and ctrl-d. */
export const createTerminalAsker = (): TerminalAsker => {
  // Shown only while a visible question is open: what is typed ahead of a password prompt stays hidden too.
  let shown = false;
  const output = new Writable({
    write: (chunk, _encoding, done) => {
      if (shown) process.stderr.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
  const answers: string[] = [];
  let waiting: { resolve: (line: string) => void; reject: (error: Error) => void } | undefined;
  let ended = false;

  lines.on('line', line => {
    // Now, and not when the answer is looked at: a password may stand behind it in the same read.
    shown = false;
    if (!waiting) return void answers.push(line);
    waiting.resolve(line);
    waiting = undefined;
  });
  lines.on('SIGINT', () => lines.close());
  // ctrl-z does nothing: readline would leave raw mode for it, and show the rest of a password as it is typed.
  lines.on('SIGTSTP', () => {});
  lines.on('close', () => {
    ended = true;
    waiting?.reject(new Refusal('stopped'));
  });

  const next = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const answer = answers.shift();
      if (answer !== undefined) resolve(answer);
      else if (ended) reject(new Refusal('stopped'));
      else waiting = { resolve, reject };
    });
  const ask = async (question: string, visible: boolean): Promise<string> => {
    process.stderr.write(question);
    // What was typed before the question came is shown as its answer.
    if (visible) process.stderr.write(answers[0] === undefined ? lines.line : `${answers[0]}\n`);
    shown = visible;
    try {
      return await next();
    } finally {
      if (!visible || ended) process.stderr.write('\n');
      shown = false;
    }
  };

  return {
    interactive: true,
    line: question => ask(question, true),
    hidden: question => ask(question, false),
    confirm: async question => /^y(es)?$/i.test((await ask(question, true)).trim()),
    close: () => lines.close(),
  };
};

/** Asks until the check passes; without a person there the first answer counts, and the check throws. */
export const askUntil = async (
  asker: Pick<Asker, 'interactive'>,
  ask: () => Promise<string>,
  check: (answer: string) => Promise<void>,
  say = note,
): Promise<string> => {
  for (;;) {
    const answer = await ask();
    try {
      await check(answer);
      return answer;
    } catch (error) {
      if (!asker.interactive || !(error instanceof Refusal)) throw error;
      say(`${error.message}.`);
    }
  }
};
