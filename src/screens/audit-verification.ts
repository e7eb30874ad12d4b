import type { Actor } from '../accounts/actor.ts';
import { type AuditVerdict, soundWords } from '../accounts/audit-chain.ts';
import { grouped } from '../text.ts';
import type { Console } from './console.ts';
import type { Message } from './messages.ts';

/** While it runs, that is said again so often, in milliseconds, where nothing else is: a million rows take half a minute. */
const reminding = 1000;

/** Verifies the audit and says what was found; closing the screen ends it. */
export const createVerification = (console: Console, actor: Actor) => {
  let running: AbortController | undefined;
  const waiting: Message = { kind: 'note', text: 'Verifying every row...' };
  const verify = async (signal: AbortSignal): Promise<void> => {
    try {
      const verdict = await console.accounts.audit.verify(actor, undefined, signal);
      console.say(verdictMessage(verdict));
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };
  return {
    start: (): void => {
      const started = new AbortController();
      running = started;
      console.say(waiting);
      const reminder = setInterval(() => {
        if (!console.messages.shown.get()) console.say(waiting);
      }, reminding).unref();
      void console
        .attempt(() => verify(started.signal))
        .finally(() => {
          clearInterval(reminder);
          if (running === started) running = undefined;
        });
    },
    whyNot: (): string | undefined => (running ? 'The audit is being verified' : undefined),
    close: (): void => running?.abort(),
  };
};

const verdictMessage = (verdict: AuditVerdict): Message => {
  const [first, ...others] = verdict.problems;
  if (first !== undefined) {
    const more = others.length > 0 ? `; and ${grouped(others.length)} more such things` : '';
    return { kind: 'note', text: `the audit is not as it was written: ${first}${more}` };
  }
  return { kind: 'done', text: soundWords(verdict) };
};
