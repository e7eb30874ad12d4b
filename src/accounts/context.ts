import type { Store } from '../store/open.ts';
import { timestampOf } from '../store/values.ts';
import { type Actor, type Authority, type AuthorityReads, authorityOf } from './actor.ts';
import type { BcryptLane } from './bcrypt-lane.ts';
import { createPasswords, type Passwords } from './passwords.ts';
import type { Sealing } from './sealing.ts';
import { createThrottle, type Throttle } from './throttle.ts';

/** The settings that rules depend on. */
export type AccountSettings = {
  readonly autoLogin: boolean;
  readonly newUserIsActive: boolean;
  readonly enableSignup: boolean;
  readonly passwordMinLength: number;
  readonly bcryptCost: number;
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
};

/** What every rule works with. */
export type Context = AccountsOptions & {
  passwords: Passwords;
  throttle: Throttle;
  /** Now, as ISO 8601 with microseconds, or so many seconds from now. */
  now: (inSeconds?: number) => string;
  authority: (reads: AuthorityReads, actor: Actor) => Promise<Authority>;
};

export const createContext = (options: AccountsOptions): Context => {
  const { clock, settings } = options;
  const now = (inSeconds = 0): string => timestampOf(new Date(clock().getTime() + inSeconds * 1000));
  return {
    ...options,
    passwords: createPasswords(options.lane, options.sealing, settings.bcryptCost),
    throttle: createThrottle(options.sealing, now),
    now,
    authority: (reads, actor) => authorityOf(reads, actor, { autoLogin: settings.autoLogin, now: now() }),
  };
};
