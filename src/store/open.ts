import { type Driver, Kysely, sql } from 'kysely';
import { createApiKeyStore } from './api-keys.ts';
import { createAuditStore } from './audit.ts';
import { watchChanges } from './changes.ts';
import { createPool, dialectOn, sqliteDialect } from './engines/sqlite.ts';
import { createFirstStepStore } from './first-steps.ts';
import { createFolderStore } from './folders.ts';
import { createHealthStore } from './health.ts';
import { createMetaStore } from './meta.ts';
import { migrate } from './migrate.ts';
import { readyDatabaseFile, watchPlace } from './private-files.ts';
import { createRecoveryStore } from './recoveries.ts';
import { type Change, createRevocations } from './revocations.ts';
import type { Schema } from './schema.ts';
import { createSecondStepStore } from './second-steps.ts';
import { createSessionLists } from './session-lists.ts';
import { createSessionStore } from './sessions.ts';
import { createSshKeyStore } from './ssh-keys.ts';
import { createThrottleStore } from './throttle.ts';
import { createTouched } from './touched.ts';
import { createUserBatches } from './user-batches.ts';
import { createUserImports } from './user-imports.ts';
import { createUserLists } from './user-lists.ts';
import { createUserSelections } from './user-selections.ts';
import { createUserStore } from './users.ts';

/** The verbs of the store, on a connection that reads or inside one transaction. */
const verbsOn = (db: Kysely<Schema>) => {
  const revocations = createRevocations(db);
  return {
    users: createUserStore(db, revocations),
    lists: createUserLists(db),
    selections: createUserSelections(db),
    batches: createUserBatches(db, revocations),
    imports: createUserImports(db),
    folders: createFolderStore(db),
    apiKeys: createApiKeyStore(db),
    firstSteps: createFirstStepStore(db),
    secondSteps: createSecondStepStore(db),
    sessions: createSessionStore(db, revocations),
    sessionLists: createSessionLists(db),
    sshKeys: createSshKeyStore(db),
    throttle: createThrottleStore(db),
    meta: createMetaStore(db),
    health: createHealthStore(db),
    audit: createAuditStore(db),
    recoveries: createRecoveryStore(db),
    revocations,
  };
};

export type Transaction = ReturnType<typeof verbsOn>;
/** Reading outside a transaction: a connection that cannot write. */
export type Reads = {
  users: Pick<
    Transaction['users'],
    | 'find'
    | 'credentials'
    | 'findByName'
    | 'isNameTaken'
    | 'automatic'
    | 'highestCost'
    | 'countActiveSuperusers'
    | 'countPending'
  >;
  lists: Transaction['lists'];
  selections: Transaction['selections'];
  imports: Pick<Transaction['imports'], 'taken' | 'page'>;
  folders: Pick<Transaction['folders'], 'of'>;
  apiKeys: Pick<Transaction['apiKeys'], 'find' | 'findByKey' | 'listOf'>;
  firstSteps: Pick<Transaction['firstSteps'], 'oldest'>;
  secondSteps: Pick<Transaction['secondSteps'], 'find' | 'unusedCodes' | 'secrets'>;
  sessions: Pick<Transaction['sessions'], 'find' | 'openOf' | 'usersOf' | 'countOpen'>;
  sessionLists: Pick<Transaction['sessionLists'], 'page'>;
  sshKeys: Pick<Transaction['sshKeys'], 'find' | 'findByBlob' | 'listOf'>;
  throttle: Pick<Transaction['throttle'], 'find' | 'findAll'>;
  meta: Pick<Transaction['meta'], 'get' | 'wasDeleted'>;
  audit: Omit<Transaction['audit'], 'append'>;
  recoveries: Pick<Transaction['recoveries'], 'codeOf' | 'unacknowledged' | 'witnesses'>;
  batches: Pick<Transaction['batches'], 'passwords'>;
  health: Omit<Transaction['health'], 'compareSearchIndex' | 'mendNames'>;
  revocations: Pick<Transaction['revocations'], 'count'>;
};

export type Store = {
  /** The path of the database file. */
  readonly path: string;
  /**
   * Throws database_moved where the file has been taken away, or another one put in its place: whoever has it open goes on
   * reading and writing it, and nobody else sees that. Asked before each write.
   */
  readonly refuseMoved: () => Promise<void>;
  readonly read: Reads;
  /** Several reads of one moment: what others write meanwhile does not show. */
  readTogether: <T>(work: (reads: Reads) => Promise<T>, signal?: AbortSignal) => Promise<T>;
  /** The same for what may take long, a count for one: it stands in the way of no other reading. */
  readAside: <T>(work: (reads: Reads) => Promise<T>, signal?: AbortSignal) => Promise<T>;
  /**
   * One transaction, the only one that writes in all processes while it runs. It is kept, durably, when `work`
   * ends well, and leaves nothing behind when it throws.
   */
  write: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  /** Runs something while this process has no transaction open that writes; those that come meanwhile wait for it. */
  betweenWrites: <T>(work: () => Promise<T>) => Promise<T>;
  /** Gives back the space that a very large transaction took beside the database, unless somebody still reads there. */
  trim: () => Promise<void>;
  /**
   * Calls the listener after every change of the database, once: at once where this process made it, within a second where
   * another did.
   */
  onChange: (listener: (change: Change) => void) => () => void;
  /**
   * Up to when those who listen know of every change, in milliseconds of performance.now(). It falls behind where the
   * database does not answer, and is -Infinity where nobody listens.
   */
  knownUntil: () => number;
  close: () => Promise<void>;
};

export type StoreOptions = {
  /** Make the database where there is none. */
  create: boolean;
  /** Take back every write at its end: what would happen is found out and does not happen. */
  rehearsal?: boolean;
  /** Called before the database of an older version, with many users, is brought up to date. */
  onLongUpgrade?: () => void;
};

/**
 * Opens the store of a `sqlite:///path` URL, migrated to this version.
 * Throws the refusals named database_*, no_database and file_exposed.
 */
export const openStore = async (url: string, options: StoreOptions): Promise<Store> => {
  const path = url.slice('sqlite:///'.length);
  readyDatabaseFile(path, options.create);
  const readers = createPool(path, 'reader');
  const counters = createPool(path, 'counter');
  const reader = new Kysely<Schema>({ dialect: dialectOn(readers) });
  const writer = new Kysely<Schema>({ dialect: sqliteDialect(path, 'writer') });
  const watcher = new Kysely<Schema>({ dialect: sqliteDialect(path, 'watcher') });
  const changes = watchChanges(watcher, writer);
  const close = async () => {
    await changes.close();
    await Promise.all([reader.destroy(), counters.destroy(), watcher.destroy()]);
    // The writer goes last: the last connection of a database takes its WAL file away.
    await writer.destroy();
  };
  try {
    await migrate(reader, writer, { path, ...options });
  } catch (error) {
    await close();
    throw error;
  }
  const refuseMoved = watchPlace(path);
  return {
    path,
    refuseMoved,
    read: verbsOn(reader),
    readTogether: (work, signal) => readOn(readers, work, signal),
    readAside: (work, signal) => readOn(counters, work, signal),
    write: async work => {
      if (options.rehearsal) return rehearse(writer, work);
      const { result, change } = await writer.transaction().execute(async tx => {
        await refuseMoved();
        const touched = createTouched();
        const verbs = verbsOn(tx.withPlugin(touched.plugin));
        const result = await work(verbs);
        return { result, change: { ...verbs.revocations.change(), tables: touched.tables() } };
      });
      changes.announce(change);
      return result;
    },
    // There is one connection that writes, and here it is lent out without a transaction.
    betweenWrites: work => writer.connection().execute(work),
    trim: async () => {
      await sql`pragma wal_checkpoint(truncate)`.execute(writer);
    },
    onChange: changes.listen,
    knownUntil: changes.knownUntil,
    close,
  };
};

/** Reads in one transaction. Throws the reason of the signal, where that is given and aborted. */
const readOn = <T>(pool: Driver, work: (reads: Reads) => Promise<T>, signal?: AbortSignal): Promise<T> =>
  new Kysely<Schema>({ dialect: dialectOn(pool, signal) }).transaction().execute(tx => work(verbsOn(tx)));

const rehearse = async <T>(writer: Kysely<Schema>, work: (tx: Transaction) => Promise<T>): Promise<T> => {
  const tx = await writer.startTransaction().execute();
  try {
    return await work(verbsOn(tx));
  } finally {
    await tx.rollback().execute();
  }
};
