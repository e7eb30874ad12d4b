import type { SshKey } from '../store/ssh-keys.ts';

/** What a sentence about a new password ends with, where the user signs in without one, too. */
export const keysStay = (keys: readonly SshKey[]): string => (keys.length === 0 ? '' : '; its SSH keys stay');
