import { Refusal } from '../refusal.ts';
import type { Credentials } from '../store/users.ts';
import type { BcryptLane, Wait } from './bcrypt-lane.ts';
import { whyGuessed } from './common-passwords.ts';
import type { Sealing } from './sealing.ts';

/** bcrypt reads no more than this, so a longer password is refused, never cut. */
const mostBytes = 72;
/** The least cost of any bcrypt hash; what says less is none. */
const leastCost = 4;

/** A password as it is stored, and the bcrypt cost that a check of it takes. */
export type StoredPassword = { sealed: string; cost: number };

export type PasswordVerdict = {
  matches: boolean;
  /** Where it matches and is stored in an older way: what to store instead. */
  renewed?: StoredPassword;
};

/** A bcrypt hash, and whether it is of what was typed or of that in NFKC. */
export type KeptHash = { hash: string; form: 'raw' | 'nfkc' };

export type Passwords = ReturnType<typeof createPasswords>;

/** Unicode's compatibility form, so that one password typed on two keyboards is the same bytes (RFC 8265). */
const normal = (password: string): string => password.toWellFormed().normalize('NFKC');
const bytesOf = (password: string): number => Buffer.byteLength(password, 'utf8');

/**
 * Why a password cannot be set for this username. What bcrypt cannot hold (broken characters, NUL, more than 72 bytes)
 * comes first: it holds even where the rest of the policy only warns.
 */
export const whyNotPassword = async (
  password: string,
  username: string,
  least: number,
): Promise<Refusal | undefined> => {
  const unusable = whyUnusable(password);
  if (unusable) return unusable;
  if (Array.from(normal(password)).length < least) return new Refusal('password_too_short', { least });
  const guessed = await whyGuessed(normal(password), normal(username));
  return guessed && new Refusal(guessed);
};

/** Throws why a password cannot be set for this username, with at least so many characters: `whyNotPassword`. */
export const refusePassword = async (password: string, username: string, least: number): Promise<void> => {
  const refusal = await whyNotPassword(password, username, least);
  if (refusal) throw refusal;
};

/** Why bcrypt could not take the password whole. */
export const whyUnusable = (password: string): Refusal | undefined => {
  // A lone surrogate has no bytes of its own: all of them would be the same password.
  if (!password.isWellFormed()) return new Refusal('password_broken');
  if (password.includes('\0')) return new Refusal('password_nul');
  const bytes = bytesOf(normal(password));
  return bytes > mostBytes ? new Refusal('password_too_long', { bytes }) : undefined;
};

/**
 * Hashing, sealing and checking. A stored password is `sealed:…` around a bcrypt hash, or around `raw:` and a
 * hash where the Python server hashed what was typed without normalizing it; or that plain hash itself.
 */
export const createPasswords = (lane: BcryptLane, sealing: Sealing, cost: number) => {
  const sealHash = (hash: string, userId: string): StoredPassword => ({
    sealed: sealing.seal(hash, userId),
    cost: costOf(hash),
  });

  const open = (stored: string, userId: string): { hash: string; raw: boolean } | undefined => {
    if (stored === '') return undefined;
    if (!sealing.isSealed(stored)) return { hash: stored, raw: true };
    const plain = sealing.unseal(stored, userId);
    // A seal that does not open was moved here from another row, or damaged: nobody signs in with it.
    if (plain === undefined) return undefined;
    return plain.startsWith('raw:')
      ? { hash: plain.slice('raw:'.length), raw: true }
      : { hash: plain, raw: false };
  };

  const renew = async (
    password: string,
    known: { hash: string; raw: boolean },
    stored: string,
    userId: string,
  ): Promise<StoredPassword | undefined> => {
    const storable = !whyUnusable(password);
    if (costOf(known.hash) !== cost && storable) {
      return sealHash(await lane.hash(normal(password), cost), userId);
    }
    if (sealing.isSealed(stored)) return undefined;
    const sameBytes = storable && normal(password) === password;
    return {
      ...sealHash(known.hash, userId),
      sealed: sealing.seal(sameBytes ? known.hash : `raw:${known.hash}`, userId),
    };
  };

  return {
    /**
     * Hashes and seals a password for a user. It must have passed `whyUnusable`. Throws the reason of the signal where
     * that ends the waiting.
     */
    store: async (password: string, userId: string, wait?: Wait): Promise<StoredPassword> =>
      sealHash(await lane.hash(normal(password), cost, wait), userId),

    /** Seals a hash that was made elsewhere, `raw:` before one of what was typed. None is no password. */
    keep: (hash: string | undefined, userId: string): StoredPassword =>
      hash === undefined
        ? { sealed: '', cost: 0 }
        : { sealed: sealing.seal(hash, userId), cost: costOf(hash.replace(/^raw:/, '')) },

    /** The hash that is stored; undefined where there is no password, it does not open, or is no hash. */
    reveal: (stored: string, userId: string): KeptHash | undefined => {
      const known = open(stored, userId);
      return known && costOf(known.hash) > 0
        ? { hash: known.hash, form: known.raw ? 'raw' : 'nfkc' }
        : undefined;
    },

    /**
     * Checks a password in the same time whether the account exists, has a password, or neither: a failure
     * always costs what the highest stored cost costs (2^c + 2^c + 2^(c+1) … up to the highest).
     * `highest` is that cost; 0 where nothing is stored. Throws the reason of the signal where that ends the waiting.
     */
    check: async (
      password: string,
      account: { id: string; stored: string } | undefined,
      highest: number,
      wait?: Wait,
    ): Promise<PasswordVerdict> => {
      const known = account && open(account.stored, account.id);
      const most = Math.max(highest, known ? costOf(known.hash) : 0) || cost;
      const usable = known && costOf(known.hash) >= leastCost && (known.raw || !whyUnusable(password));
      if (!account || !usable) {
        await lane.compare(normal(password), hashOfNobody(most), [], wait);
        return { matches: false };
      }
      const burn = Array.from({ length: most - costOf(known.hash) }, (_, step) => costOf(known.hash) + step);
      const matches = await lane.compare(known.raw ? password : normal(password), known.hash, burn, wait);
      if (!matches) return { matches };
      const renewed = await renew(password, known, account.stored, account.id);
      return renewed ? { matches, renewed } : { matches };
    },

    /**
     * Whether the password that was checked is still the one that is stored: hashing takes a while. Another
     * sign-in may have sealed the same one anew meanwhile, which raises no version.
     */
    isStill: (checked: Credentials, now: Credentials | undefined): now is Credentials =>
      now !== undefined &&
      (now.password === checked.password ||
        (sealing.isSealed(now.password) && now.user.version === checked.user.version)),
  };
};

const costOf = (hash: string): number => Number(/^\$2[aby]\$(\d\d)\$/.exec(hash)?.[1] ?? 0);

/** A well-formed hash that nothing hashes to: its last character has bits a real one never has. */
const hashOfNobody = (cost: number): string =>
  `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(22)}${'9'.repeat(31)}`;
