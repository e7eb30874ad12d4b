import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { AuditHead, AuditRow } from '../store/audit.ts';
import type { MetaKey } from '../store/meta.ts';
import { counted, grouped } from '../text.ts';
import { auditDetail } from './audit-detail.ts';
import type { Sealing } from './sealing.ts';
import { type BindingReads, isBound } from './secret-key.ts';

/** The key of the audit and what tells it from another. */
export type AuditKey = { key: Buffer; id: string };

/** Bound into its seal, so that the seal of a password is not taken for it. */
const owner = 'audit';
const nameInMeta = 'audit_key' satisfies MetaKey;

type MetaOfAudit = {
  get: (key: MetaKey) => Promise<string | undefined>;
  set: (key: MetaKey, value: string) => Promise<void>;
};

const auditKeyOf = (key: Buffer): AuditKey => ({
  key,
  id: createHash('sha256').update(key).digest('hex').slice(0, 8),
});

/** The audit key of the database; undefined where it has none, or one that this secret key does not open. */
export const readAuditKey = async (
  meta: Pick<MetaOfAudit, 'get'>,
  sealing: Sealing,
): Promise<AuditKey | undefined> => {
  const plain = sealing.unseal((await meta.get(nameInMeta)) ?? '', owner);
  return plain === undefined ? undefined : auditKeyOf(Buffer.from(plain, 'base64url'));
};

/**
 * Makes an audit key. It is random and sealed with the secret key, not derived from it: another secret key seals it anew,
 * and the chain goes on.
 */
export const makeAuditKey = async (meta: Pick<MetaOfAudit, 'set'>, sealing: Sealing): Promise<AuditKey> => {
  const key = randomBytes(32);
  await keepAuditKey(meta, sealing, key);
  return auditKeyOf(key);
};

/** Seals the audit key with another secret key. Nothing is done where `from` opens none. */
export const resealAuditKey = async (meta: MetaOfAudit, from: Sealing, to: Sealing): Promise<void> => {
  const known = await readAuditKey(meta, from);
  if (known) await keepAuditKey(meta, to, known.key);
};

const keepAuditKey = (meta: Pick<MetaOfAudit, 'set'>, sealing: Sealing, key: Buffer): Promise<void> =>
  meta.set(nameInMeta, sealing.seal(key.toString('base64url'), owner));

/** A row without its mac. */
export type Unsealed = Omit<AuditRow, 'mac'>;

/**
 * The mac of a row: HMAC-SHA256 over the mac before it and all of its own fields, so that no row can be changed, taken
 * away or put between two others without the key.
 */
export const macOf = ({ key }: AuditKey, before: string, row: Unsealed): string =>
  createHmac('sha256', key)
    .update(JSON.stringify([before, ...fieldsOf(row)]))
    .digest('hex');

const fieldsOf = (row: Unsealed): (string | number | null)[] => [
  row.id,
  row.at,
  row.event,
  row.outcome,
  row.actorId,
  row.actorName,
  row.door,
  row.origin,
  row.targetId,
  row.targetName,
  row.detail,
  row.keyId,
];

/** The digest of rows whose key is gone, by which they are known later. Those put in before the first do not count. */
export const createDigest = () => {
  const hash = createHash('sha256');
  return {
    add: (row: AuditRow): void => {
      if (isNumbered(row)) hash.update(JSON.stringify([...fieldsOf(row), row.mac]));
    },
    hex: (): string => hash.copy().digest('hex'),
  };
};

const isNumbered = ({ id }: AuditRow): boolean => id >= 1 && Number.isSafeInteger(id);

/** Whether the first row of a new key says that those before it cannot be verified, and that this can be right. */
const explains = (
  { event, detail }: AuditRow,
  before: { unverifiable: number; digest: () => string },
): boolean => {
  if (event !== 'audit_key_made') return false;
  const { after } = auditDetail(detail);
  return (
    after?.isBound === false && after.unverifiable === before.unverifiable && after.digest === before.digest()
  );
};

/** What a verification found. */
export type AuditVerdict = {
  rows: number;
  /** Undefined where nothing has happened yet. */
  head: AuditHead | undefined;
  /** What is wrong, in the order of the rows; no more than the first few. */
  problems: string[];
  /**
   * How many of the first rows cannot be verified: their key went with a secret key before the first password was stored,
   * and a row with a seal says so; 0 where none does, which is a problem.
   */
  unverifiable: number;
};

/** What is said of an audit without problems, which is no more than what was found. */
export const soundWords = ({ rows, unverifiable }: Pick<AuditVerdict, 'rows' | 'unverifiable'>): string => {
  const verified = `${counted(rows - unverifiable, 'row')}, each as it was written, and none is gone`;
  return unverifiable > 0 ? `${verified}; ${grouped(unverifiable)} before them cannot be verified` : verified;
};

const mostProblems = 10;

type AuditReads = BindingReads & {
  audit: { all: () => AsyncIterable<AuditRow[]>; lastNumber: () => Promise<number> };
};

/**
 * Follows the chain from its first row, and compares its end with the last number that was given, and with a head that was
 * exported earlier. Whoever can change the rows can change that number, too; what was exported, they cannot. A head among
 * rows that cannot be verified proves nothing: its mac stands beside a row that anybody may have written.
 */
export const verifyChain = async (
  reads: AuditReads,
  sealing: Sealing,
  exported?: AuditHead,
): Promise<AuditVerdict> => {
  const { audit } = reads;
  const key = await readAuditKey(reads.meta, sealing);
  const digest = createDigest();
  const problems: string[] = [];
  const tell = (problem: string): void => {
    if (problems.length < mostProblems) problems.push(problem);
  };
  let head: AuditHead | undefined;
  let rows = 0;
  let unverifiable = 0;
  let isExplained = false;
  let exportedMac: string | undefined;
  for await (const batch of audit.all())
    for (const row of batch) {
      if (!isNumbered(row)) {
        tell(`row ${row.id} was put in: no row is given such a number`);
        continue;
      }
      const expected = (head?.id ?? 0) + 1;
      if (row.id !== expected) tell(gone(expected, row.id - 1));
      const isFirst = unverifiable === rows;
      if (isFirst && row.keyId !== key?.id) {
        unverifiable += 1;
        digest.add(row);
      } else if (!key || row.mac !== macOf(key, head?.mac ?? '', row))
        tell(`row ${row.id} is not as it was written, or the one before it is not`);
      else if (row.event === 'audit_key_made' || (isFirst && rows > 0)) {
        isExplained = isFirst && explains(row, { unverifiable, digest: digest.hex });
        if (!isExplained)
          tell(
            rows > 0
              ? `rows 1 to ${rows} are not sealed with the key of this audit`
              : `row ${row.id} begins the audit anew where passwords were stored already`,
          );
      }
      head = { id: row.id, mac: row.mac };
      rows += 1;
      if (row.id === exported?.id) exportedMac = row.mac;
    }
  const last = await audit.lastNumber();
  if (last > (head?.id ?? 0)) tell(gone((head?.id ?? 0) + 1, last));
  if (rows > 0 && unverifiable === rows) tell('no row is sealed with the key of this audit');
  // The key is made with the first row, and before the first password is stored.
  if (rows === 0 && (key || (await isBound(reads)))) tell('no row is there any more');
  if (exported && exportedMac === undefined)
    tell(
      `the exported head is row ${exported.id}, and the audit ends with row ${head?.id ?? 0}: its end was cut off`,
    );
  else if (exported && exportedMac !== exported.mac)
    tell(`row ${exported.id} is not the one that was exported`);
  else if (exported && exported.id <= unverifiable)
    tell(`row ${exported.id}, the exported head, and those before it cannot be verified: their key is gone`);
  return { rows, head, problems, unverifiable: isExplained ? unverifiable : 0 };
};

const gone = (first: number, last: number): string =>
  first === last ? `row ${first} is gone` : `rows ${first} to ${last} are gone`;
