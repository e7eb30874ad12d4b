import type { OpenSession } from '../store/session-lists.ts';
import { dashed } from './user-json.ts';

/** A session for programs. Nothing in it lets anybody in. */
export const sessionJson = (session: OpenSession) => ({
  id: dashed(session.id),
  user_id: dashed(session.userId),
  username: session.username,
  door: session.door,
  address: session.address,
  tty: session.tty,
  created_at: session.createdAt,
  seen_at: session.seenAt,
  expires_at: session.expiresAt,
});
