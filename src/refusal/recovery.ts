import { usersCommand } from '../text.ts';

/** The part of the table (refusal.ts) on letting somebody in who has lost the password. */
export const recoveryRefusals = {
  recovery_off: {
    words: 'Nobody can be recovered here: LANGINFRA_ENABLE_RECOVERY is off',
    http: 403,
    exit: 5,
  },
  recovery_needs_terminal: {
    words: 'A recovery is for a person: run it with stdin, stdout and stderr on a terminal',
    http: 500,
    exit: 2,
  },
  recovery_inactive: {
    words: (d: { username: string }) =>
      `${d.username} is not active, and a recovery does not change that. Activate it first: ${usersCommand('activate', [d.username])}`,
    http: 409,
    exit: 5,
  },
  not_owner: {
    words: (d: { path: string }) => `Only root and the owner of ${d.path} can recover somebody`,
    http: 403,
    exit: 5,
  },
  recovery_of_before: {
    words: 'Somebody who was a superuser before this recovery has to acknowledge it',
    http: 409,
    exit: 5,
  },
  own_recovery: { words: 'Another superuser has to acknowledge this recovery', http: 409, exit: 5 },
} as const;
