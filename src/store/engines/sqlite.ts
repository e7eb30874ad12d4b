import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SelectQueryNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { type Database, open, type Statement } from 'sqlite';
import sqlite3 from 'sqlite3';
import { createPlaces } from './places.ts';
import { explain } from './sqlite-errors.ts';

/**
 * How long a connection waits for a lock that another one holds before it gives up, in milliseconds. For a writer the
 * time runs from when it stands in line: of several behind a lock of another program none waits for longer.
 */
const busyTimeout = 5000;
/** A query that has to be interrupted is tried again after so many milliseconds. */
const tryAgain = 5;
/** Prepared statements a connection keeps; the program has fewer different ones than that. */
const keptStatements = 200;

export type SqliteRole = 'writer' | 'reader' | 'counter' | 'watcher';

/**
 * The one connection that writes begins with BEGIN IMMEDIATE: a transaction that read first and wrote later
 * fails at once with SQLITE_BUSY when another process wrote in between, whatever the timeout says.
 */
const roles: Record<SqliteRole, { connections: number; begin: string; pragmas: readonly string[] }> = {
  writer: {
    connections: 1,
    begin: 'begin immediate',
    pragmas: ['journal_mode = wal', 'synchronous = full', 'foreign_keys = on'],
  },
  reader: { connections: 3, begin: 'begin', pragmas: ['query_only = on'] },
  // What may go through a whole index has connections of its own: a page of a list never waits for a count.
  counter: { connections: 2, begin: 'begin', pragmas: ['query_only = on'] },
  // PRAGMA data_version is told per connection, so the one that is asked has to be always the same.
  watcher: { connections: 1, begin: 'begin', pragmas: ['query_only = on'] },
};

// Kysely's own adapter lets one connection of a database work at a time: a slow search would hold up every read.
class PooledAdapter extends SqliteAdapter {
  override get supportsMultipleConnections() {
    return true;
  }
}

/**
 * A Kysely dialect over the packages sqlite and sqlite3. A connection serves one query or one transaction at a
 * time, so no query runs in somebody else's transaction; who finds all of them taken waits in line.
 */
export const sqliteDialect = (path: string, role: SqliteRole): Dialect => dialectOn(createPool(path, role));

/**
 * A dialect on a pool that others use too. When the signal is aborted, a query that runs is interrupted, and it and all
 * later ones throw the signal's reason.
 */
export const dialectOn = (pool: Driver, signal?: AbortSignal): Dialect => ({
  createAdapter: () => new PooledAdapter(),
  createDriver: () => (signal ? interruptible(pool, signal) : pool),
  createIntrospector: db => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
});

type Connection = DatabaseConnection & {
  execute: (sql: string) => Promise<void>;
  /** Sets how long it waits for a lock, in milliseconds. */
  waitFor: (time: number) => void;
  interrupt: () => void;
  close: () => Promise<void>;
};

/** The same connections, each listening to the signal while it is lent. Kysely's own way would print what it aborts. */
const interruptible = (pool: Driver, signal: AbortSignal): Driver => {
  const lent = new Map<DatabaseConnection, DatabaseConnection>();
  const real = (listening: DatabaseConnection): DatabaseConnection => lent.get(listening) ?? listening;
  return {
    ...pool,
    acquireConnection: async () => {
      signal.throwIfAborted();
      const connection = (await pool.acquireConnection()) as Connection;
      const listening: DatabaseConnection = {
        ...connection,
        executeQuery: query => listen(connection, signal, () => connection.executeQuery(query)),
      };
      lent.set(listening, connection);
      return listening;
    },
    releaseConnection: async listening => {
      const connection = real(listening);
      lent.delete(listening);
      await pool.releaseConnection(connection);
    },
    beginTransaction: (listening, settings) => pool.beginTransaction(real(listening), settings),
    commitTransaction: listening => pool.commitTransaction(real(listening)),
    rollbackTransaction: listening => pool.rollbackTransaction(real(listening)),
    // The pool is not ours to close.
    destroy: async () => {},
  };
};

const listen = async <T>(connection: Connection, signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
  signal.throwIfAborted();
  // A query that is still on its way to its thread is not interrupted: it is tried until it has ended.
  let trying: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    connection.interrupt();
    trying = setInterval(connection.interrupt, tryAgain);
  };
  signal.addEventListener('abort', interrupt);
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    clearInterval(trying);
    signal.removeEventListener('abort', interrupt);
  }
};

export const createPool = (path: string, role: SqliteRole): Driver => {
  const { connections, begin } = roles[role];
  const places = createPlaces(connections);
  const all: Connection[] = [];
  const free: Connection[] = [];
  /** Until when a writer waits for a lock. */
  const ends = new WeakMap<DatabaseConnection, number>();
  const execute = (connection: DatabaseConnection, sql: string) => (connection as Connection).execute(sql);

  return {
    init: async () => {},
    acquireConnection: async () => {
      const end = performance.now() + busyTimeout;
      await places.take();
      try {
        const connection = free.pop() ?? (await connect(path, role));
        if (!all.includes(connection)) all.push(connection);
        ends.set(connection, end);
        return connection;
      } catch (error) {
        places.give();
        throw error;
      }
    },
    releaseConnection: async connection => {
      free.push(connection as Connection);
      places.give();
    },
    beginTransaction: async connection => {
      const left = Math.ceil((ends.get(connection) ?? 0) - performance.now());
      if (role === 'writer') (connection as Connection).waitFor(Math.max(0, left));
      await execute(connection, begin);
    },
    commitTransaction: connection => execute(connection, 'commit'),
    rollbackTransaction: async connection => {
      // A full disk or a failed read ends the transaction by itself; the error that did is the one to report.
      await execute(connection, 'rollback').catch(ignoreNoTransaction);
    },
    destroy: async () => {
      await Promise.all(all.splice(0).map(connection => connection.close()));
    },
  };
};

const ignoreNoTransaction = (error: unknown): void => {
  if (!/no transaction is active/.test((error as Error).message)) throw error;
};

const connect = async (path: string, role: SqliteRole): Promise<Connection> => {
  const db = await guarded(path, () =>
    open({ filename: path, driver: sqlite3.Database, mode: sqlite3.OPEN_READWRITE }),
  );
  const run = <T>(work: () => Promise<T>): Promise<T> => guarded(path, work);
  const waitFor = (time: number): void => db.configure('busyTimeout', time);
  try {
    waitFor(busyTimeout);
    for (const pragma of roles[role].pragmas) await run(() => db.exec(`pragma ${pragma}`));
  } catch (error) {
    await db.close();
    throw error;
  }
  const statements = createStatements(db);
  return {
    execute: sql => run(() => db.exec(sql)),
    waitFor,
    interrupt: () => db.getDatabaseInstance().interrupt(),
    executeQuery: <Row>(query: CompiledQuery) => run(() => executeQuery<Row>(statements.of, query)),
    streamQuery: () => {
      throw new Error('SQLite results are not streamed: lists are read in keyset pages');
    },
    close: async () => {
      await statements.close();
      await db.close();
    },
  };
};

const guarded = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw explain(error, path);
  }
};

const executeQuery = async <Row>(
  prepared: (sql: string) => Promise<Statement>,
  { sql, parameters, query }: CompiledQuery,
): Promise<QueryResult<Row>> => {
  const statement = await prepared(sql);
  const givesRows = SelectQueryNode.is(query) || query.kind === 'RawNode' || 'returning' in query;
  // Never statement.get(): it leaves the statement in the middle, which holds its snapshot of the database, and
  // the next write of this connection fails at once with SQLITE_BUSY after another process has written.
  if (givesRows) return { rows: await statement.all<Row[]>(...parameters) };
  const { changes = 0 } = await statement.run(...parameters);
  return { rows: [], numAffectedRows: BigInt(changes) };
};

/** Prepared statements by their text, the least recently used one dropped first. */
const createStatements = (db: Database) => {
  const kept = new Map<string, Promise<Statement>>();
  return {
    of: (sql: string): Promise<Statement> => {
      const statement = kept.get(sql) ?? db.prepare(sql);
      kept.delete(sql);
      kept.set(sql, statement);
      // A text that cannot be prepared is not kept, so that the next try gets an answer of its own.
      statement.catch(() => kept.delete(sql));
      const [oldest] = kept.keys();
      if (kept.size > keptStatements && oldest !== undefined) {
        kept.get(oldest)?.then(unused => unused.finalize());
        kept.delete(oldest);
      }
      return statement;
    },
    close: async () => {
      for (const statement of kept.values()) await (await statement).finalize();
    },
  };
};
