import type { PendingRecovery } from '../accounts/recovery.ts';
import { wordsOf } from '../refusal.ts';
import { touches } from '../store/touched.ts';
import { answered } from './answered.ts';
import { recoverySentence } from './banner.ts';
import type { Console } from './console.ts';
import { onceMore } from './once-more.ts';
import { createPace } from './pace.ts';

const none: readonly PendingRecovery[] = [];

/**
 * Keeps what a superuser is told of recoveries as the store has it. `read` reads it now; whoever is no superuser, or has
 * to set a new password first, is told of none.
 */
export const followRecoveries = (console: Console) => {
  const { accounts, recoveries, signedIn } = console;
  const read = onceMore(async () => {
    const now = signedIn.get();
    const isTold = now?.user.isSuperuser && !now.user.mustChangePassword;
    const pending = isTold ? await accounts.recovery.pending(now.actor) : none;
    if (now === signedIn.get() && !isSame(pending, recoveries.get())) recoveries.set(pending);
  });
  const pace = createPace(() => answered(console, read));
  const stop = accounts.onChange(change => {
    // Who may acknowledge one depends on who is an active superuser.
    const isNews = touches(change, 'recovery', 'recovery_witness');
    if (isNews || (recoveries.get().length > 0 && touches(change, 'user'))) pace.hear();
  });
  return {
    read,
    /** Reads it again in a moment, and until there is an answer: who is signed in looks different. */
    hear: pace.hear,
    close: () => {
      stop();
      pace.close();
    },
  };
};

const isSame = (one: readonly PendingRecovery[], other: readonly PendingRecovery[]): boolean =>
  one.length === other.length &&
  one.every(({ id, whyNot }, at) => id === other[at]?.id && whyNot === other[at]?.whyNot);

/** Why that cannot be acknowledged. */
export const whyNotAcknowledge = ({ recoveries }: Console): string | undefined => {
  const [first] = recoveries.get();
  if (!first) return 'There is no recovery to acknowledge';
  return first.whyNot && wordsOf(first.whyNot);
};

/** Acknowledges the one that the banner tells of. */
export const acknowledgeRecovery = (console: Console): void => {
  const [first] = console.recoveries.get();
  const actor = console.signedIn.get()?.actor;
  if (!first || !actor) return;
  void console.attempt(async () => {
    const isDone = (await console.accounts.recovery.acknowledge(actor, first.id)) !== undefined;
    const text = `${isDone ? 'Acknowledged' : 'Another superuser acknowledged it already'}: ${recoverySentence(first)}`;
    console.say({ kind: isDone ? 'done' : 'note', text });
  });
};
