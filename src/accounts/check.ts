import { Refusal } from '../refusal.ts';
import type { Transaction } from '../store/open.ts';
import { counted, grouped, printable } from '../text.ts';
import { type AuditVerdict, soundWords, verifyChain } from './audit-chain.ts';
import type { Context } from './context.ts';
import { createSealCounts } from './seals.ts';
import { lostFingerprint } from './secret-key.ts';

/** One thing that was looked at: what is wrong with it, or what is said of it where nothing is. */
export type Check = { name: string; problems: string[]; said: string };

/** So many users with the same problem are named. */
const mostNamed = 5;

/**
 * Looks the whole database over: structure, references, search index, names, the seal of every password and of one-time
 * codes, the audit and its key, and what must hold of superusers and the automatic account. With a million users that takes
 * a minute or two.
 */
export const createCheck = (context: Context) => {
  const { store, settings } = context;

  return async (): Promise<Check[]> => {
    const structure = await store.readAside(reads => reads.health.structure());
    // Whatever else is read of damaged pages would be an error.
    if (structure.length > 0) return [checked('Structure', structure, '')];
    const searchIndex = await searchProblems();
    return store.readAside(async reads => [
      checked('Structure', [], 'every page and index'),
      checked('References', await reads.health.references(), 'every row belongs to one that is there'),
      checked('Search index', searchIndex, 'every username is found'),
      ...(await userChecks(reads.health.users(), reads.secondSteps.secrets())),
      secretKeyCheck(await lostFingerprint(reads)),
      auditCheck(await verifyChain(reads, context.sealing)),
      superuserCheck(await reads.users.countActiveSuperusers()),
    ]);
  };

  async function searchProblems(): Promise<string[]> {
    try {
      await store.write(tx => tx.health.compareSearchIndex());
      return [];
    } catch (error) {
      if (error instanceof Refusal && error.code === 'database_corrupt')
        return ['it does not hold what the users are called'];
      throw error;
    }
  }

  async function userChecks(
    batches: ReturnType<Transaction['health']['users']>,
    secrets: ReturnType<Transaction['secondSteps']['secrets']>,
  ): Promise<Check[]> {
    const found = { names: [] as string[], automatic: [] as string[] };
    const seals = createSealCounts(context.sealing);
    const { counts } = seals;
    for await (const users of batches)
      for (const user of users) {
        const kind = seals.add(user);
        if (!user.isNameKeptRight) found.names.push(user.username);
        if (user.isAutomatic && kind !== 'none') found.automatic.push(user.username);
      }
    for await (const rows of secrets) for (const row of rows) seals.addSecret(row);
    const plain = counts.plain > 0 ? `, ${grouped(counts.plain)} to be sealed at the next sign-in` : '';
    return [
      checked('Names', named(found.names, 'would not be found by name'), counted(counts.users, 'user')),
      checked(
        'Passwords',
        [
          ...named(counts.unreadable, 'has a password that does not open with this secret key'),
          ...named(counts.unknown, 'has a password that is neither sealed nor a bcrypt hash'),
        ],
        `${grouped(counts.sealed)} sealed${plain}, and the secret key opens each`,
      ),
      checked(
        'One-time codes',
        named(counts.unreadableSecrets, 'has one-time codes whose secret does not open with this secret key'),
        counts.secrets === 1
          ? '1 sealed secret, and the secret key opens it'
          : `${grouped(counts.secrets)} sealed secrets, and the secret key opens each`,
      ),
      checked(
        'Automatic account',
        named(found.automatic, 'has a password and must have none'),
        'no password',
      ),
    ];
  }

  function secretKeyCheck(isLost: boolean): Check {
    const problem =
      'somebody took away what says which one this database has. Mend it with: langinfra secret rotate';
    return checked('Secret key', isLost ? [problem] : [], 'the one that was used last');
  }

  function auditCheck(verdict: AuditVerdict): Check {
    return checked('Audit', verdict.problems, soundWords(verdict));
  }

  function superuserCheck(count: number): Check {
    const isMissing = count === 0 && !settings.autoLogin;
    const problems = isMissing ? ['none can sign in. Make one with: langinfra superuser'] : [];
    return checked('Superusers', problems, `${grouped(count)} can sign in with a password`);
  }
};

const checked = (name: string, problems: string[], said: string): Check => ({ name, problems, said });

const named = (usernames: readonly string[], problem: string): string[] => {
  const lines = usernames.slice(0, mostNamed).map(username => `${printable(username)} ${problem}`);
  const more = usernames.length - mostNamed;
  return more > 0 ? [...lines, `and ${grouped(more)} more`] : lines;
};
