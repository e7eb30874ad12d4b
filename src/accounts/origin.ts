import type { Door } from '../store/sessions.ts';

/** Where somebody comes from, as far as it is known. */
export type Origin = {
  door: Door | 'command';
  /** The client's address. */
  address?: string | undefined;
  requestId?: string | undefined;
  /** The terminal, and the user of the operating system. */
  tty?: string | undefined;
  osUser?: string | undefined;
  /** SSH_CONNECTION: the addresses and ports of client and server. */
  ssh?: string | undefined;
  /** The fingerprint of the SSH key that somebody signed in with. */
  sshKey?: string | undefined;
};
