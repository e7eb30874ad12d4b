import { Refusal, type RefusalCode } from '../refusal.ts';
import type { AuditHead, AuditRow } from '../store/audit.ts';
import type { Store, Transaction } from '../store/open.ts';
import type { User } from '../store/users.ts';
import type { Actor } from './actor.ts';
import { createDigest, macOf, makeAuditKey, readAuditKey } from './audit-chain.ts';
import type { Origin } from './origin.ts';
import type { Sealing } from './sealing.ts';
import { isBound } from './secret-key.ts';

/** What can happen, as the audit calls it. */
export const auditEvents = [
  'signed_in',
  'sign_in_failed',
  'signed_out',
  'session_locked',
  'session_unlocked',
  'unlock_failed',
  'session_ended',
  'token_reused',
  'locked',
  'signed_up',
  'user_added',
  'user_changed',
  'user_deleted',
  'password_changed',
  'password_reset',
  'one_time_code_asked',
  'one_time_codes_set_up',
  'one_time_codes_turned_off',
  'one_time_codes_reset',
  'recovery_codes_made',
  'recovery_code_used',
  'api_key_added',
  'api_key_removed',
  'ssh_key_added',
  'ssh_key_removed',
  'lock_cleared',
  'source_unlocked',
  'recovered',
  'recovery_used',
  'recovery_acknowledged',
  'sign_in_code_ended',
  'automatic_account_made',
  'audit_key_made',
  'secret_rotated',
  'backed_up',
  'restored',
  'exported',
  'audit_exported',
  'imported',
  'refused',
] as const;
export type AuditEvent = (typeof auditEvents)[number];

/** One thing that happened, as a rule tells it. */
export type AuditEntry = {
  event: AuditEvent;
  /** Who did it; undefined where nobody was signed in. */
  actor?: Actor | undefined;
  /** Where it came from, where the actor does not say. */
  from?: Origin | undefined;
  target?: Pick<User, 'id' | 'username'> | undefined;
  /** When it happened, where that was before it could be written. */
  at?: string | undefined;
  before?: object | undefined;
  after?: object | undefined;
  /** Why it was not done. */
  refused?: RefusalCode | undefined;
};

/** For so long the same refusal, by the same person to the same user, is not kept again. */
const quietSeconds = 60;

/** Writing the audit, inside the transaction of what it is about: both are kept, or neither. */
export const createAuditWriter = (
  { sealing, store, origin }: { sealing: Sealing; store: Pick<Store, 'write'>; origin: Origin },
  now: (inSeconds?: number) => string,
) => {
  const record = async (tx: Transaction, ...entries: readonly AuditEntry[]): Promise<void> => {
    const known = await readAuditKey(tx.meta, sealing);
    // Whoever does something to their own account is known by name already: by the one before, where they change it.
    const names = new Map<string, string | null>(
      entries.toReversed().flatMap(({ target }) => (target ? [[target.id, target.username]] : [])),
    );
    const nameOf = async (id: string): Promise<string | null> => {
      if (!names.has(id)) names.set(id, (await tx.users.find(id))?.username ?? null);
      return names.get(id) ?? null;
    };
    let last = await lastOf(tx);
    const begun = known ? undefined : await newKeyEntry(tx, last.id);
    const all = begun ? [begun, ...entries] : entries;
    if (all.length === 0) return;
    const key = known ?? (await makeAuditKey(tx.meta, sealing));
    const writtenAt = now();
    const rows: AuditRow[] = [];
    for (const entry of all) {
      const {
        event,
        actor,
        from = actor?.from ?? origin,
        target,
        at = writtenAt,
        before,
        after,
        refused,
      } = entry;
      const { door, ...place } = from;
      const actorId = actor === undefined || actor.kind === 'operator' ? null : actor.userId;
      const row = {
        id: last.id + 1,
        at,
        event,
        outcome: refused ?? 'done',
        actorId,
        actorName: actorId === null ? null : await nameOf(actorId),
        door,
        origin: JSON.stringify({ ...place, ...proofOf(actor) }),
        targetId: target?.id ?? null,
        targetName: target?.username ?? null,
        detail: JSON.stringify({ before: brief(before), after: brief(after) }),
        keyId: key.id,
      };
      last = { id: row.id, mac: macOf(key, last.mac, row) };
      rows.push({ ...row, mac: last.mac });
    }
    await tx.audit.append(rows);
  };

  const wasKept = async (
    tx: Transaction,
    { actor, event, target, refused }: AuditEntry,
  ): Promise<boolean> => {
    if (actor === undefined || actor.kind === 'operator') return false;
    const [outcome, targetId] = [refused ?? 'done', target?.id ?? null];
    const last = await tx.audit.lastLike({ actorId: actor.userId, event, outcome, targetId });
    // One from the future was written before the clock was set back.
    return last !== undefined && last > now(-quietSeconds) && last < now(quietSeconds);
  };

  /** In a transaction of its own. The same, again and again, is kept once a minute: nobody fills the disk with it. */
  const refused = (entry: AuditEntry, code: RefusalCode): Promise<void> =>
    store.write(async tx => {
      const refusal = { ...entry, refused: code };
      if (!(await wasKept(tx, refusal))) await record(tx, refusal);
    });

  return {
    record,
    wasKept,
    attempt: async <T>(entry: AuditEntry, work: () => Promise<T>): Promise<T> => {
      try {
        return await work();
      } catch (error) {
        if (isRuled(error)) await refused(entry, error.code);
        throw error;
      }
    },
    refused,
  };
};

/** Which session or API key somebody used. Neither is of use to who reads it. */
const proofOf = (actor: Actor | undefined) => {
  if (actor?.kind === 'apiKey') return { apiKey: actor.keyId };
  return actor?.kind === 'session' ? { session: actor.sessionId } : {};
};

/** What somebody sent may be a text of any length. */
const longest = 200;

const brief = (values: object | undefined): object | undefined =>
  values &&
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.slice(0, longest) : value,
    ]),
  );

/** The last row, with the last number that was given: where rows were taken from the end, the gap stays. */
const lastOf = async ({ audit }: Transaction): Promise<AuditHead> => {
  const { id, mac } = (await audit.head()) ?? { id: 0, mac: '' };
  const given = await audit.lastNumber();
  return { id: Number.isSafeInteger(given) ? Math.max(id, given) : id, mac };
};

/**
 * What is said of a new key, where one is made; undefined for the first one of a new database. Another secret key may take
 * the place of the first one before a password is stored; the audit key, sealed with it, is gone then. Later that never
 * happens by itself: somebody took it away. The rows before can be changed by anybody from then on, so their digest is kept.
 */
const newKeyEntry = async (tx: Transaction, unverifiable: number): Promise<AuditEntry | undefined> => {
  if (await isBound(tx)) return { event: 'audit_key_made', after: { unverifiable, isBound: true } };
  if (unverifiable === 0) return undefined;
  const digest = createDigest();
  for await (const rows of tx.audit.all()) for (const row of rows) digest.add(row);
  return { event: 'audit_key_made', after: { unverifiable, isBound: false, digest: digest.hex() } };
};

/**
 * Whether a rule refused it, or a proof was wrong. What was merely typed wrongly, a password too short for one, is not kept.
 */
const isRuled = (error: unknown): error is Refusal =>
  error instanceof Refusal &&
  ((error.exit === 5 && error.http !== 422) || error.code === 'one_time_code_wrong');
