import { wordsOfCode } from '../refusal.ts';
import type { AuditRow } from '../store/audit.ts';
import { printable } from '../text.ts';
import { type AuditDetail, auditDetail, auditOrigin } from './audit-detail.ts';
import type { AuditEvent } from './audit-writer.ts';
import { doors } from './doors.ts';

/** What is said of a row that cannot be read: it was written by hand. */
const notWritten = 'what is written here is not what was written';

/** What was done, and what somebody tried to do who was refused. */
const verbs: Record<AuditEvent, readonly [done: string, tried: string]> = {
  signed_in: ['signed in', 'sign in'],
  sign_in_failed: ['failed to sign in', 'sign in'],
  signed_out: ['signed out', 'sign out'],
  session_locked: ['locked the session', 'lock the session'],
  session_unlocked: ['unlocked the session', 'unlock the session'],
  unlock_failed: ['failed to unlock the session', 'unlock the session'],
  session_ended: ['ended a session of', 'end a session of'],
  token_reused: ['ended, for a used-up refresh token came back, a session of', 'use a refresh token of'],
  locked: ['had to wait after failed sign-ins to', 'wait'],
  signed_up: ['signed up as', 'sign up as'],
  user_added: ['added', 'add'],
  user_changed: ['changed', 'change'],
  user_deleted: ['deleted', 'delete'],
  password_changed: ['changed the own password', 'change the own password'],
  password_reset: ['reset the password of', 'reset the password of'],
  one_time_code_asked: ['gave the password of', 'sign in with the password alone as'],
  one_time_codes_set_up: ['set up one-time codes', 'set up one-time codes'],
  one_time_codes_turned_off: ['turned off the own one-time codes', 'turn off the own one-time codes'],
  one_time_codes_reset: ['reset the one-time codes of', 'reset the one-time codes of'],
  recovery_codes_made: ['made new recovery codes', 'make new recovery codes'],
  recovery_code_used: ['signed in with a recovery code', 'sign in with a recovery code'],
  api_key_added: ['made an API key', 'make an API key'],
  api_key_removed: ['removed an API key of', 'remove an API key of'],
  ssh_key_added: ['added an SSH key to', 'add an SSH key to'],
  ssh_key_removed: ['removed an SSH key of', 'remove an SSH key of'],
  lock_cleared: ['cleared the lock of', 'clear the lock of'],
  source_unlocked: ['cleared the lock of an address', 'clear the lock of an address'],
  recovered: ['made a sign-in code for', 'recover'],
  recovery_used: ['used a sign-in code', 'use a sign-in code'],
  recovery_acknowledged: ['acknowledged the recovery of', 'acknowledge the recovery of'],
  sign_in_code_ended: ['ended the sign-in code of', 'end the sign-in code of'],
  automatic_account_made: ['made the automatic account', 'make the automatic account'],
  audit_key_made: ['made a new audit key', 'make a new audit key'],
  secret_rotated: ['went over to a new secret key', 'go over to a new secret key'],
  backed_up: ['made a backup', 'make a backup'],
  restored: ['restored a backup', 'restore a backup'],
  exported: ['exported users', 'export users'],
  audit_exported: ['exported the audit', 'export the audit'],
  imported: ['imported users', 'import users'],
  refused: ['used the API', 'use the API'],
};

const labels: Record<string, string> = {
  username: 'Username',
  isActive: 'Active',
  isSuperuser: 'Superuser',
  mustChangePassword: 'Must change password',
  profileImage: 'Image',
  name: 'Name',
  key: 'Key',
  expiresAt: 'Expires',
  file: 'File',
  source: 'Address',
  replaced: 'Audit replaced, which ended with',
  what: 'Asked for',
  idle: 'Idle',
  seconds: 'Seconds',
  users: 'Users',
  hashes: 'Hashes',
  recoveryCodesLeft: 'Recovery codes left',
  secrets: 'Secrets of one-time codes sealed anew',
  resealed: 'Passwords sealed anew',
};

/**
 * Who did it: the name at that time, or the user of the operating system where nobody was signed in. Here and below with
 * a sign in place of what is not printable.
 */
export const auditActor = ({ actorName, door, origin }: AuditRow, sign?: string): string => {
  const { osUser } = auditOrigin(origin).parts;
  return printable(
    actorName ??
      (osUser && !isRemote(door) ? `${osUser} (${door === 'local' ? 'console' : 'shell'})` : 'nobody'),
    sign,
  );
};

const isRemote = (door: string): boolean =>
  Object.hasOwn(doors, door) && doors[door as keyof typeof doors].isRemote;

/** What was done and to whom: `changed ada: Active no to yes`. */
export const auditSentence = (row: AuditRow, sign?: string): string => {
  const { verb, changes, remarks } = partsOf(row);
  const isOwn = row.targetId !== null && row.targetId === row.actorId;
  const target =
    row.targetName !== null && !(isOwn && ownSaysEnough.has(row.event)) ? ` ${row.targetName}` : '';
  return printable(`${verb}${target}${changes ? `: ${changes}` : ''}${remarks}`, sign);
};

/** The same where it is known to whom: `changed Active no to yes`. */
export const auditSentenceOfTarget = (row: AuditRow, sign?: string): string => {
  const { verb, changes, remarks } = partsOf(row);
  return printable(`${verb.replace(/ (of|as|to)$/, '')}${changes && ` ${changes}`}${remarks}`, sign);
};

const partsOf = (row: AuditRow) => {
  const isDone = row.outcome === 'done';
  const [done, tried] = Object.hasOwn(verbs, row.event)
    ? verbs[row.event as AuditEvent]
    : [row.event, row.event];
  const detail = auditDetail(row.detail);
  const isReadable = detail.isReadable && auditOrigin(row.origin).isReadable;
  return {
    verb: isDone || failures.has(row.event) ? done : `tried to ${tried}`,
    changes: changesOf(detail),
    remarks: `${isDone ? '' : `: ${wordsOfCode(row.outcome)}`}${isReadable ? '' : `: ${notWritten}`}`,
  };
};

/** Their words say already that it was not done. */
const failures: ReadonlySet<string> = new Set(['sign_in_failed', 'unlock_failed']);

const ownSaysEnough: ReadonlySet<string> = new Set([
  'signed_in',
  'signed_out',
  'session_locked',
  'session_unlocked',
  'unlock_failed',
  'sign_in_failed',
  'password_changed',
  'one_time_codes_set_up',
  'one_time_codes_turned_off',
  'recovery_codes_made',
  'recovery_code_used',
  'api_key_added',
  'recovery_used',
]);

/** Which door, and from where: `http 192.0.2.7`. */
export const auditPlace = ({ door, origin }: AuditRow, sign?: string): string => {
  const { address, tty, ssh } = auditOrigin(origin).parts;
  return printable([door, address ?? ssh?.split(' ')[0], tty].filter(Boolean).join(' '), sign);
};

const changesOf = ({ before = {}, after = {} }: AuditDetail): string =>
  Object.keys({ ...before, ...after })
    .filter(key => Object.hasOwn(labels, key))
    .map(key => {
      const [was, is] = [before[key], after[key]].map(shown);
      if (was === undefined) return `${labels[key]} ${is}`;
      return is === undefined ? `${labels[key]} ${was}` : `${labels[key]} ${was} to ${is}`;
    })
    .join(', ');

/** A head of an audit, to be compared with one that was exported. */
const isHead = (value: object): value is { id: number; mac: string } => 'id' in value && 'mac' in value;

const shown = (value: unknown): string | undefined => {
  if (value === undefined) return undefined;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value === null) return 'none';
  if (typeof value !== 'object') return String(value);
  return isHead(value) ? `row ${value.id}, ${value.mac}` : JSON.stringify(value);
};
