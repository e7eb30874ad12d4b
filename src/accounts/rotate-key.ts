import { Refusal } from '../refusal.ts';
import type { Reads, Transaction } from '../store/open.ts';
import { namedAmong } from '../text.ts';
import type { Actor } from './actor.ts';
import { readAuditKey, resealAuditKey } from './audit-chain.ts';
import type { Context } from './context.ts';
import { layKeyBeside } from './kept-key.ts';
import { refuseOrdinary } from './list-users.ts';
import type { NewKey } from './new-key.ts';
import type { Sealing } from './sealing.ts';
import { createSealCounts, type SealCounts } from './seals.ts';
import { bindSecretKey, isBound } from './secret-key.ts';
import { endAllSessions } from './sessions.ts';

/** Told how many users have been gone through. */
type OnProgress = (done: number) => void;

/** So many users are named of whom something does not open. */
const mostNamed = 5;

/** Going over to another secret key: everything that the present one seals is sealed anew, or nothing is. */
export const createKeyRotation = (context: Context) => {
  const { store, sealing } = context;

  /** Throws seals_broken where the audit key does not open: the audit would begin anew. */
  const refuseLostAuditKey = async (reads: Pick<Reads, 'meta' | 'audit' | 'health'>): Promise<void> => {
    const hasAudit = (await reads.audit.head()) !== undefined;
    if (hasAudit && (await isBound(reads)) && !(await readAuditKey(reads.meta, sealing)))
      throw new Refusal('seals_broken', { whose: 'the audit', mend: 'Look with: langinfra audit verify' });
  };

  /** Seals every password and every secret of one-time codes anew, a batch at a time. Gives what was found under the present key. */
  const resealAll = async (
    tx: Transaction,
    next: Sealing,
    onProgress: OnProgress | undefined,
  ): Promise<SealCounts> => {
    const found = createSealCounts(sealing);
    for await (const rows of tx.batches.passwords()) {
      const sealed = rows.filter(row => found.add(row) === 'sealed');
      await tx.batches.setPasswords(
        sealed.map(({ id, password }) => ({
          id,
          password: next.seal(sealing.unseal(password, id) ?? '', id),
        })),
      );
      onProgress?.(found.counts.users);
    }
    for await (const rows of tx.secondSteps.secrets())
      for (const row of rows) {
        const secret = found.addSecret(row);
        if (secret !== undefined)
          await tx.secondSteps.setSecret(row.id, next.oneTimeCodes.seal(secret, row.id));
      }
    return found.counts;
  };

  return {
    /**
     * What would be sealed anew. Throws seals_broken, with the names of those of whom something does not open, and
     * superuser_needed.
     */
    plan: (actor: Actor, onProgress?: OnProgress): Promise<SealCounts> =>
      store.readAside(async reads => {
        await refuseOrdinary(context, reads, actor);
        await refuseLostAuditKey(reads);
        return refuseBroken(await countSeals(reads, sealing, onProgress));
      }),

    /**
     * Seals everything anew and ends every session: tokens are signed with a key of the secret key. API keys go on. How
     * often an account was tried is forgotten, for it is kept under a name that the old key made; what is kept by address
     * stays. A key for the config directory is written beside the kept one before the transaction is kept, and takes its
     * place by `finishRotation` after it. This process writes nothing afterwards.
     * Throws seals_broken, secret_key_outdated where another rotation came first, superuser_needed, and the refusals of
     * files.
     */
    apply: (actor: Actor, next: NewKey, onProgress?: OnProgress): Promise<SealCounts> =>
      store.write(async tx => {
        await refuseOrdinary(context, tx, actor);
        await refuseLostAuditKey(tx);
        const before = refuseBroken(await resealAll(tx, next.sealing, onProgress));
        await endAllSessions(context, tx);
        await context.throttle.forgetAccounts(tx);
        const { sealed: resealed, secrets } = before;
        const after = secrets > 0 ? { resealed, secrets } : { resealed };
        await context.record(tx, { event: 'secret_rotated', actor, after });
        await resealAuditKey(tx.meta, sealing, next.sealing);
        await bindSecretKey(tx, next.sealing);
        const now = refuseBroken(await countSeals(tx, next.sealing, onProgress));
        if (now.sealed !== before.sealed || now.users !== before.users || now.secrets !== before.secrets)
          throw new Error(
            `${now.sealed} passwords and ${now.secrets} secrets are sealed with the new key, and ${before.sealed} and ${before.secrets} were`,
          );
        if (next.keepIn !== undefined) await layKeyBeside(next.keepIn, next.text);
        return now;
      }),
  };
};

const countSeals = async (
  reads: {
    batches: Pick<Transaction['batches'], 'passwords'>;
    secondSteps: Pick<Transaction['secondSteps'], 'secrets'>;
  },
  sealing: Sealing,
  onProgress: OnProgress | undefined,
): Promise<SealCounts> => {
  const found = createSealCounts(sealing);
  for await (const rows of reads.batches.passwords()) {
    for (const row of rows) found.add(row);
    onProgress?.(found.counts.users);
  }
  for await (const rows of reads.secondSteps.secrets()) for (const row of rows) found.addSecret(row);
  return found.counts;
};

const refuseBroken = (counts: SealCounts): SealCounts => {
  const { unreadable, unreadableSecrets } = counts;
  if (unreadable.length > 0)
    throw new Refusal('seals_broken', {
      whose: `the password of ${some(unreadable)}`,
      mend: 'Give a new one first, with: langinfra users passwd NAME',
    });
  if (unreadableSecrets.length > 0)
    throw new Refusal('seals_broken', {
      whose: `the one-time codes of ${some(unreadableSecrets)}`,
      mend: 'Take them away first, with: langinfra users mfa reset NAME',
    });
  return counts;
};

const some = (names: readonly string[]): string => {
  const more = names.length - mostNamed;
  return `${names.slice(0, mostNamed).map(namedAmong).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};
