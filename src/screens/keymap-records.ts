import { everywhere, type Keymap, menu, movesIn, undo } from './keymap-parts.ts';

export const sessionsKeys = {
  end: { keys: ['enter', 'd', 'delete'], does: 'ends the session, after a question', footer: 'end' },
  endOf: {
    keys: ['D'],
    does: 'ends all sessions of the user, after a question',
    footer: 'end all of the user',
  },
  menu,
  ...movesIn('session'),
  refresh: { keys: ['r'], does: 'reads the list again' },
  undo,
  back: { keys: ['esc'], does: 'goes back', footer: 'back' },
  ...everywhere,
} as const satisfies Keymap;
