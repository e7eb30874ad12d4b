/** What begins a sequence to a terminal: ESC, and the C1 characters. */
const steering = /[\x1b\x80-\x9f]/g;

/**
 * A pasted text as the console takes it: in one piece, which types and presses nothing. Nothing in it can end it sooner, so
 * that its rest would be keys.
 */
export const asPaste = (text: string): string =>
  `\x1b[200~${text.replace(steering, '').replace(/\r?\n/g, '\r')}\x1b[201~`;
