import { everywhere, type Keymap, menu, movesIn, undo } from './keymap-parts.ts';

export const auditKeys = {
  details: { keys: ['enter'], does: 'shows all of the row', footer: 'details' },
  filter: { keys: ['f'], does: 'shows all, sign-ins, changes or what was refused', footer: 'filter' },
  search: { keys: ['/'], does: 'shows what one user did, and what was done to them', footer: 'user' },
  verify: { keys: ['v'], does: 'finds out whether anything in it was changed', footer: 'verify' },
  menu,
  ...movesIn('row'),
  refresh: { keys: ['r'], does: 'reads it again' },
  undo,
  back: { keys: ['esc'], does: 'goes one step back: the filter, then the screen', footer: 'back' },
  ...everywhere,
} as const satisfies Keymap;

/** What the footer says while a username is typed. */
export const auditSearchKeys = {
  keep: { keys: ['enter'], does: 'shows the rows of this user', footer: 'show' },
  clear: { keys: ['esc'], does: 'shows the rows of everybody', footer: 'clear' },
} as const satisfies Keymap;

export const sessionsKeys = {
  end: { keys: ['enter', 'd', 'delete'], does: 'ends the session, after a question', footer: 'end' },
  endOf: {
    keys: ['D'],
    does: 'ends all sessions of the user, after a question',
    footer: 'end all of the user',
  },
  endAll: { keys: ['E'], does: 'ends all sessions of everybody, after a question', footer: 'end all' },
  menu,
  ...movesIn('session'),
  refresh: { keys: ['r'], does: 'reads the list again' },
  undo,
  back: { keys: ['esc'], does: 'goes back', footer: 'back' },
  ...everywhere,
} as const satisfies Keymap;
