import { createHmac } from 'node:crypto';
import { Refusal } from '../refusal.ts';
import type { Reads, Transaction } from '../store/open.ts';
import type { Tries } from '../store/throttle.ts';
import { caseFold, lasting } from '../text.ts';
import { networkOf } from './network.ts';
import type { Sealing } from './sealing.ts';
import { delayEnd, failuresOfSource, limitEnd, memoryOf, signUpsOfSource } from './throttle-rules.ts';
import { createWaitingSignIns } from './waiting-sign-ins.ts';

/** What the rows of an account begin with. */
const accounts = 'account:';
/** What the rows of a source are about. */
const failures = 'failures';
const signUps = 'sign-ups';

/** A source that an account has to wait at: for so many seconds more, after so many failures. */
export type Lock = { source: string; failures: number; seconds: number };

type Rows = { throttle: Pick<Reads['throttle'], 'find'> };

export type Throttle = ReturnType<typeof createThrottle>;
/** What was tried at one account from one address. */
export type SignInTries = ReturnType<Throttle['signIn']>;

/**
 * Holds up whoever tries too often, in all processes on one database and across restarts: what was tried is in the store.
 * Whether a try is let in is asked before the work for it, and again in the transaction that counts it.
 */
export const createThrottle = (
  sealing: Pick<Sealing, 'throttleKey'>,
  now: (inSeconds?: number) => string,
) => {
  /** People type their password where the name belongs: what is stored does not tell what was typed. */
  const accountOf = (username: string): string => {
    const hidden = createHmac('sha256', sealing.throttleKey).update(caseFold(username)).digest('base64url');
    return `${accounts}${hidden}`;
  };
  const read = async <About extends readonly string[]>(
    { throttle }: Rows,
    source: string,
    ...abouts: About
  ): Promise<{ [Each in keyof About]: Tries }> => {
    const found = await throttle.find(abouts, source, now());
    const none = { source, count: 0, times: [], expiresAt: now() };
    const tries = abouts.map(about => found.find(each => each.about === about) ?? { about, ...none });
    return tries as { [Each in keyof About]: Tries };
  };
  const count = async ({ throttle }: Transaction, before: Tries, most: number, memory: number) => {
    const times = [now(), ...before.times].slice(0, most);
    await throttle.put({ ...before, count: before.count + 1, times, expiresAt: now(memory) });
  };
  const moment = (): number => Date.parse(now());
  const accountEnd = (tries: Tries): number => delayEnd(tries, moment());
  const sourceEnd = (tries: Tries): number => limitEnd(tries, failuresOfSource, moment());
  /** The seconds until the last of these moments. */
  const secondsUntil = (...moments: number[]): number =>
    Math.max(0, Math.ceil((Math.max(...moments) - moment()) / 1000));

  const waiting = createWaitingSignIns();

  return {
    /** Sign-ins to an account from a client's address. */
    signIn: (username: string, address: string) => {
      const account = accountOf(username);
      const source = networkOf(address);
      return {
        /**
         * Gives how many have failed since the last that went well. Throws too_many_attempts, for names that do not exist
         * just as well.
         */
        admit: async (rows: Rows): Promise<number> => {
          const [ofAccount, ofSource] = await read(rows, source, account, failures);
          const seconds = secondsUntil(accountEnd(ofAccount), sourceEnd(ofSource));
          if (seconds > 0) throw tooMany(seconds);
          return ofAccount.count;
        },
        countFailure: async (tx: Transaction): Promise<void> => {
          const [ofAccount, ofSource] = await read(tx, source, account, failures);
          await tx.throttle.removeExpired(now());
          await count(tx, ofAccount, 1, memoryOf(ofAccount.count + 1));
          await count(tx, ofSource, failuresOfSource.most, failuresOfSource.seconds);
        },
        /** Runs the check of a password, which waits for its turn, unless it is sent away or the signal ends that. */
        check: <T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
          waiting.during({ account, source }, signal, work),
        /** After a failure: sends away those that wait to be checked and have to wait for longer now. */
        sendOthersAway: async (rows: Rows): Promise<void> => {
          const [ofAccount, ofSource] = await read(rows, source, account, failures);
          const here = secondsUntil(accountEnd(ofAccount));
          const everywhere = secondsUntil(sourceEnd(ofSource));
          if (everywhere > 0) waiting.sendAway(tooMany(everywhere), source);
          else if (here > 0) waiting.sendAway(tooMany(here), source, account);
        },
        /** For how many seconds the account has to wait here now. */
        heldUp: async (rows: Rows): Promise<number> => {
          const [ofAccount] = await read(rows, source, account);
          return secondsUntil(accountEnd(ofAccount));
        },
        forgetFailures: (tx: Transaction): Promise<void> => tx.throttle.remove(account, source),
      };
    },

    /** Where an account has to wait now, the longest wait first. */
    locksOf: async (
      rows: { throttle: Pick<Reads['throttle'], 'findAll'> },
      username: string,
    ): Promise<Lock[]> =>
      (await rows.throttle.findAll(accountOf(username), now()))
        .map(tries => ({
          source: tries.source,
          failures: tries.count,
          seconds: secondsUntil(accountEnd(tries)),
        }))
        .filter(({ seconds }) => seconds > 0)
        .sort((one, other) => other.seconds - one.seconds),

    /** Forgets the failures to an account from every source. Gives how many there were. */
    forgetAll: async (tx: Transaction, username: string): Promise<number> => {
      const account = accountOf(username);
      const all = await tx.throttle.findAll(account, now());
      await tx.throttle.removeAll(account);
      return all.reduce((sum, tries) => sum + tries.count, 0);
    },

    /** From where nobody can sign in now, whoever it is, the longest wait first. */
    sourcesHeldUp: async (rows: { throttle: Pick<Reads['throttle'], 'findAll'> }): Promise<Lock[]> =>
      (await rows.throttle.findAll(failures, now()))
        .map(tries => ({
          source: tries.source,
          failures: failuresOfSource.most,
          seconds: secondsUntil(sourceEnd(tries)),
        }))
        .filter(({ seconds }) => seconds > 0)
        .sort((one, other) => other.seconds - one.seconds),

    /** Forgets the failures from a client's address or network, as `sourceOf` gives it. Gives how many there were. */
    forgetSource: async (tx: Transaction, source: string): Promise<number> => {
      const [tries] = await read(tx, source, failures);
      await tx.throttle.remove(failures, source);
      return tries.count;
    },

    /** Forgets the failures to all accounts: under another secret key nobody finds them again. */
    forgetAccounts: (tx: Transaction): Promise<void> => tx.throttle.removeBeginning(accounts),

    /** Sign-ups from a client's address. */
    signUp: (address: string) => {
      const source = networkOf(address);
      return {
        /** Throws too_many_sign_ups. */
        admit: async (rows: Rows): Promise<void> => {
          const [before] = await read(rows, source, signUps);
          const seconds = secondsUntil(limitEnd(before, signUpsOfSource, moment()));
          if (seconds > 0) throw new Refusal('too_many_sign_ups', { seconds, wait: lasting(seconds) });
        },
        count: async (tx: Transaction): Promise<void> => {
          const [before] = await read(tx, source, signUps);
          await tx.throttle.removeExpired(now());
          await count(tx, before, signUpsOfSource.most, signUpsOfSource.seconds);
        },
      };
    },
  };
};

const tooMany = (seconds: number): Refusal =>
  new Refusal('too_many_attempts', { seconds, wait: lasting(seconds) });
