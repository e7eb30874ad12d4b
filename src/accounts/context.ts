import type { RefusalCode } from '../refusal.ts';
import type { Store, Transaction } from '../store/open.ts';
import { timestampOf } from '../store/values.ts';
import {
  type Actor,
  type Authority,
  type AuthorityOptions,
  type AuthorityReads,
  authorityOf,
} from './actor.ts';
import { type AuditEntry, createAuditWriter } from './audit-writer.ts';
import type { BcryptLane } from './bcrypt-lane.ts';
import { createFirstSteps, type FirstSteps } from './first-steps.ts';
import type { Origin } from './origin.ts';
import { createPasswords, type Passwords } from './passwords.ts';
import type { Sealing } from './sealing.ts';
import { bindSecretKey, refuseOtherKey } from './secret-key.ts';
import { createThrottle, type Throttle } from './throttle.ts';

/** The settings that rules depend on. */
export type AccountSettings = {
  readonly autoLogin: boolean;
  readonly newUserIsActive: boolean;
  readonly enableSignup: boolean;
  readonly enableRecovery: boolean;
  readonly passwordMinLength: number;
  readonly bcryptCost: number;
  /** After so many seconds without a key a console locks; 0: it never does. */
  readonly sessionIdleSeconds: number;
  /** Seconds; 0: no end. */
  readonly sessionMaxSeconds: number;
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
};

export type AccountsOptions = {
  store: Store;
  settings: AccountSettings;
  sealing: Sealing;
  lane: BcryptLane;
  clock: () => Date;
  /** Where everything comes from that does not say so itself: this process. */
  origin: Origin;
};

/** What every rule works with. */
export type Context = AccountsOptions & {
  passwords: Passwords;
  throttle: Throttle;
  firstSteps: FirstSteps;
  /** Now, as ISO 8601 with microseconds, or so many seconds from now. */
  now: (inSeconds?: number) => string;
  /** Writes down what happened, inside the transaction in which it does. */
  record: (tx: Transaction, ...entries: readonly AuditEntry[]) => Promise<void>;
  /** Binds the database to this secret key, before the first password is sealed with it. */
  bind: (tx: Transaction) => Promise<void>;
  /** Does something, and writes down where a rule refused it. */
  attempt: <T>(entry: AuditEntry, work: () => Promise<T>) => Promise<T>;
  /** Whether the same, by the same person to the same user, was written down a moment ago. */
  wasKept: (tx: Transaction, entry: AuditEntry) => Promise<boolean>;
  /** Writes down that a rule refused something, where `attempt` does not see it. */
  refused: (entry: AuditEntry, code: RefusalCode) => Promise<void>;
  /** Who asks, and what they may do now; see `authorityOf`. */
  authority: (
    reads: AuthorityReads,
    actor: Actor,
    options?: Pick<AuthorityOptions, 'evenConfined'>,
  ) => Promise<Authority>;
};

export const createContext = (given: AccountsOptions): Context => {
  const options = { ...given, store: writingWithKey(given) };
  const { clock, settings } = options;
  const now = (inSeconds = 0): string => timestampOf(new Date(clock().getTime() + inSeconds * 1000));
  const audit = createAuditWriter(options, now);
  return {
    ...options,
    passwords: createPasswords(options.lane, options.sealing, settings.bcryptCost),
    throttle: createThrottle(options.sealing, now),
    firstSteps: createFirstSteps({ ...options, ...audit, now }),
    now,
    ...audit,
    bind: async tx => {
      // An audit key that went with another secret key is replaced before: afterwards none goes by itself.
      await audit.record(tx);
      await bindSecretKey(tx, options.sealing);
    },
    authority: (reads, actor, options) =>
      authorityOf(reads, actor, { ...options, autoLogin: settings.autoLogin, now: now() }),
  };
};

/** The store for a process that holds a secret key: once the database has another, nothing is written any more. */
const writingWithKey = ({ store, sealing }: Pick<AccountsOptions, 'store' | 'sealing'>): Store => ({
  ...store,
  write: work =>
    store.write(async tx => {
      await refuseOtherKey(tx.meta, sealing);
      return work(tx);
    }),
});
