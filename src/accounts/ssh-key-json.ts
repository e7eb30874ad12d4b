import type { SshKey } from '../store/ssh-keys.ts';
import { dashed } from './user-json.ts';

/** A public key for programs. */
export const sshKeyJson = (key: SshKey) => ({
  id: dashed(key.id),
  type: key.type,
  public_key: key.blob,
  comment: key.comment,
  fingerprint: key.fingerprint,
  created_at: key.createdAt,
  last_used_at: key.lastUsedAt,
});
