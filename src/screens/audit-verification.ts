import type { Actor } from '../accounts/actor.ts';
import type { AuditVerdict } from '../accounts/audit-chain.ts';
import { grouped } from '../text.ts';
import type { Console } from './console.ts';
import type { Message } from './messages.ts';

/** Verifies the audit and says what was found; a million rows take a while, and what is closed meanwhile ends it. */
export const createVerification = (console: Console, actor: Actor) => {
  let running: AbortController | undefined;
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
      console.say({ kind: 'note', text: 'Verifying every row...' });
      void console
        .attempt(() => verify(started.signal))
        .finally(() => {
          if (running === started) running = undefined;
        });
    },
    whyNot: (): string | undefined => (running ? 'The audit is being verified' : undefined),
    close: (): void => running?.abort(),
  };
};

const verdictMessage = ({ rows, problems, unverifiable }: AuditVerdict): Message => {
  const [first, ...others] = problems;
  if (first !== undefined) {
    const more = others.length > 0 ? `; and ${grouped(others.length)} more such things` : '';
    return { kind: 'note', text: `the audit is not as it was written: ${first}${more}` };
  }
  const but = unverifiable > 0 ? `; the first ${grouped(unverifiable)} have another key` : '';
  return { kind: 'done', text: `${grouped(rows)} rows, each as it was written, and none is gone${but}` };
};
