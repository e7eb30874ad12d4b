/** One action of a screen: the keys that run it and the words for help, footer and docs/keys.md. */
export type KeyEntry = {
  keys: readonly string[];
  /** Completes "this key …": `goes to the user below`. */
  does: string;
  /** A word or two, where the footer has room. Earlier entries go first. */
  footer?: string;
};
export type Keymap = Readonly<Record<string, KeyEntry>>;

export const undo = { keys: ['u'], does: 'undoes the last change of flags or username' } as const;
export const menu = { keys: ['m'], does: 'opens the profile menu', footer: 'menu' } as const;

export const everywhere = {
  help: { keys: ['?', ':'], does: 'shows what can be done here, and does it', footer: 'help' },
  lock: { keys: ['L'], does: 'locks the session until the password is given' },
  acknowledge: { keys: ['R'], does: 'acknowledges the recovery that the banner tells of' },
  redraw: { keys: ['ctrl-l'], does: 'draws the screen again' },
  suspend: { keys: ['ctrl-z'], does: 'suspends; fg comes back' },
  quit: { keys: ['q'], does: 'quits', footer: 'quit' },
} as const satisfies Keymap;

/** The keys that move the cursor of a list. */
export const movesIn = (thing: string) =>
  ({
    up: { keys: ['up', 'k'], does: `goes to the ${thing} above` },
    down: { keys: ['down', 'j'], does: `goes to the ${thing} below` },
    pageUp: { keys: ['pageup', 'ctrl-u'], does: 'goes a page up' },
    pageDown: { keys: ['pagedown', 'ctrl-d'], does: 'goes a page down' },
    first: { keys: ['home', 'g'], does: `goes to the first ${thing}` },
    last: { keys: ['end', 'G'], does: `goes to the last ${thing}` },
  }) as const satisfies Keymap;

/** Letters are typed into a form's fields, so none of them acts. */
export const formKeys = {
  next: { keys: ['tab', 'down'], does: 'goes to the next field', footer: 'next' },
  previous: { keys: ['shift-tab', 'up'], does: 'goes to the field before', footer: 'before' },
  enter: { keys: ['enter'], does: 'goes to the next field, or presses the button' },
  save: { keys: ['ctrl-s'], does: 'saves', footer: 'save' },
  cancel: { keys: ['esc'], does: 'cancels', footer: 'cancel' },
} as const satisfies Keymap;

export const quitAnywhere = { keys: ['ctrl-c'], does: 'quits', footer: 'quit' } as const;
