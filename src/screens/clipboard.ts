import { named } from '../text.ts';
import type { Console } from './console.ts';

/**
 * Copies by OSC 52, which reaches the clipboard of the person's own terminal over SSH too. No terminal answers, so
 * what is said is what was done. A username, and a command of fifty, is far below the 74,994 bytes that terminals take at least.
 * `what` is what it is called afterwards: itself, but for what nobody may read.
 */
export const copyToClipboard = (
  console: Pick<Console, 'host' | 'say'>,
  text: string,
  what = named(text),
): void => {
  const { send } = console.host;
  send?.(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`);
  console.say(
    send
      ? { kind: 'done', text: `${what} was sent to your terminal's clipboard` }
      : { kind: 'refused', text: 'This terminal gets text only, and nothing for its clipboard' },
  );
};
