import { wordsOfCode } from '../refusal.ts';
import type { AuditRow } from '../store/audit.ts';
import { printable } from '../text.ts';
import type { AuditEvent } from './audit-writer.ts';

type Detail = { before?: Record<string, unknown>; after?: Record<string, unknown> };

/** What was done, and what somebody tried to do who was refused. */
const verbs: Record<AuditEvent, readonly [done: string, tried: string]> = {
  signed_in: ['signed in', 'sign in'],
  sign_in_failed: ['failed to sign in', 'sign in'],
  signed_out: ['signed out', 'sign out'],
  session_ended: ['ended a session of', 'end a session of'],
  token_reused: ['ended, for a used-up refresh token came back, a session of', 'use a refresh token of'],
  locked: ['had to wait after failed sign-ins to', 'wait'],
  signed_up: ['signed up as', 'sign up as'],
  user_added: ['added', 'add'],
  user_changed: ['changed', 'change'],
  user_deleted: ['deleted', 'delete'],
  password_changed: ['changed the own password', 'change the own password'],
  password_reset: ['reset the password of', 'reset the password of'],
  api_key_added: ['made an API key', 'make an API key'],
  api_key_removed: ['removed an API key of', 'remove an API key of'],
  lock_cleared: ['cleared the lock of', 'clear the lock of'],
  automatic_account_made: ['made the automatic account', 'make the automatic account'],
  audit_key_made: ['made a new audit key', 'make a new audit key'],
  secret_rotated: ['went over to a new secret key', 'go over to a new secret key'],
  backed_up: ['made a backup', 'make a backup'],
  restored: ['restored a backup', 'restore a backup'],
  exported: ['exported users', 'export users'],
  imported: ['imported users', 'import users'],
  refused: ['used the API', 'use the API'],
};

const labels: Record<string, string> = {
  username: 'Username',
  isActive: 'Active',
  isSuperuser: 'Superuser',
  profileImage: 'Image',
  name: 'Name',
  expiresAt: 'Expires',
  file: 'File',
  what: 'Asked for',
  seconds: 'Seconds',
  users: 'Users',
  hashes: 'Hashes',
  resealed: 'Passwords sealed anew',
};

/**
 * Who did it: the name at that time, or the user of the operating system where nobody was signed in. Here and below with
 * a sign in place of what is not printable.
 */
export const auditActor = ({ actorName, door, origin }: AuditRow, sign?: string): string => {
  const { osUser } = originOf(origin);
  return printable(
    actorName ??
      (osUser && door !== 'http' ? `${osUser} (${door === 'local' ? 'console' : 'shell'})` : 'nobody'),
    sign,
  );
};

/** What was done and to whom: `changed ada: Active no to yes`. */
export const auditSentence = (row: AuditRow, sign?: string): string => {
  const { verb, changes, refused } = partsOf(row);
  const isOwn = row.targetId !== null && row.targetId === row.actorId;
  const target =
    row.targetName !== null && !(isOwn && ownSaysEnough.has(row.event)) ? ` ${row.targetName}` : '';
  return printable(`${verb}${target}${changes ? `: ${changes}` : ''}${refused}`, sign);
};

/** The same where it is known to whom: `changed Active no to yes`. */
export const auditSentenceOfTarget = (row: AuditRow, sign?: string): string => {
  const { verb, changes, refused } = partsOf(row);
  return printable(`${verb.replace(/ (of|as)$/, '')}${changes && ` ${changes}`}${refused}`, sign);
};

const partsOf = (row: AuditRow) => {
  const isDone = row.outcome === 'done';
  const [done, tried] = verbs[row.event as AuditEvent] ?? [row.event, row.event];
  return {
    verb: isDone || row.event === 'sign_in_failed' ? done : `tried to ${tried}`,
    changes: changesOf(JSON.parse(row.detail) as Detail),
    refused: isDone ? '' : `: ${wordsOfCode(row.outcome)}`,
  };
};

const ownSaysEnough: ReadonlySet<string> = new Set([
  'signed_in',
  'signed_out',
  'sign_in_failed',
  'password_changed',
  'api_key_added',
]);

/** Which door, and from where: `http 192.0.2.7`. */
export const auditPlace = ({ door, origin }: AuditRow, sign?: string): string => {
  const { address, tty, ssh } = originOf(origin);
  return printable([door, address ?? ssh?.split(' ')[0], tty].filter(Boolean).join(' '), sign);
};

const originOf = (origin: string): { address?: string; osUser?: string; tty?: string; ssh?: string } =>
  JSON.parse(origin);

const changesOf = ({ before = {}, after = {} }: Detail): string =>
  Object.keys({ ...before, ...after })
    .filter(key => key in labels)
    .map(key => {
      const [was, is] = [before[key], after[key]].map(shown);
      if (was === undefined) return `${labels[key]} ${is}`;
      return is === undefined ? `${labels[key]} ${was}` : `${labels[key]} ${was} to ${is}`;
    })
    .join(', ');

const shown = (value: unknown): string | undefined => {
  if (value === undefined) return undefined;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value === null ? 'none' : String(value);
};
