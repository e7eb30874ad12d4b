import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Secret, TOTP } from 'otpauth';
import { open } from 'sqlite';
import sqlite3 from 'sqlite3';
import { vi } from 'vitest';
import { createAccounts } from '../../src/accounts/accounts.ts';
import type { Actor } from '../../src/accounts/actor.ts';
import {
  type BcryptJob,
  type BcryptLane,
  createBcryptLane,
  type Wait,
} from '../../src/accounts/bcrypt-lane.ts';
import type { AccountSettings } from '../../src/accounts/context.ts';
import type { NewAccount } from '../../src/accounts/create-user.ts';
import { createSealing, type KeyPlace } from '../../src/accounts/sealing.ts';
import { Refusal, type RefusalCode } from '../../src/refusal.ts';
import { openStore } from '../../src/store/open.ts';
import type { Door } from '../../src/store/sessions.ts';
import { newId, timestampOf } from '../../src/store/values.ts';
import { countReadings } from './readings.ts';

// The threads of the bcrypt lane step back for everybody (nice 15): on a machine that is busy with other things a
// hash of a millisecond takes seconds.
vi.setConfig({ testTimeout: 30_000 });

/** bcrypt's least cost: a hash takes a millisecond, where the cost is not what a test is about. */
export const quick: AccountSettings = {
  autoLogin: false,
  newUserIsActive: false,
  enableSignup: false,
  enableRecovery: true,
  passwordMinLength: 8,
  bcryptCost: 4,
  sessionIdleSeconds: 900,
  sessionMaxSeconds: 43_200,
  accessTokenSeconds: 3_600,
  refreshTokenSeconds: 604_800,
};
export const secretKey = 'the secret key of the tests, long enough';
/** Everybody's password unless a test says another. */
export const usual = 'correct horse';
/** A command of whoever may write the database file. */
export const operator: Actor = { kind: 'operator', osUser: 'tester' };

/** How a rule answered: `done`, or the code of the refusal. Any other error fails the test. */
export const outcomeOf = async (asked: Promise<unknown>): Promise<RefusalCode | 'done'> => {
  try {
    await asked;
    return 'done';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
};

/** The one-time code that an authenticator app shows at a moment, or so many seconds from it. */
export const codeAt = (secret: string, moment: Date, later = 0): string =>
  TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: moment.getTime() + later * 1000 });

/** An empty directory of its own, gone at the end. */
export const temporaryDirectory = () => {
  const path = mkdtempSync(join(tmpdir(), 'langinfra-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
};

// A real worker thread, shared by the tests of a file: starting it takes longer than most tests do. The first job
// starts it, while this thread still reads the test.
export const sharedLane = createBcryptLane(1);
void sharedLane.hash('', 4);

/** The real lane, which writes down what it was asked. */
const recordingLane = (lane: BcryptLane) => {
  const jobs: BcryptJob[] = [];
  let interruption: (() => Promise<unknown>) | undefined;
  const pass = async <Result>(job: BcryptJob, work: Promise<Result>): Promise<Result> => {
    jobs.push(job);
    const happening = interruption;
    interruption = undefined;
    await happening?.();
    return work;
  };
  return {
    jobs,
    hash: (password: string, cost: number, wait?: Wait) =>
      pass({ kind: 'hash', password, cost }, lane.hash(password, cost, wait)),
    compare: (password: string, hash: string, burn: readonly number[], wait?: Wait) =>
      pass({ kind: 'compare', password, hash, burn }, lane.compare(password, hash, burn, wait)),
    load: lane.load,
    close: lane.close,
    /** Lets something happen while the next job runs. */
    meanwhile: (work: () => Promise<unknown>) => {
      interruption = work;
    },
  };
};

export type OpenOptions = {
  settings?: Partial<AccountSettings>;
  secretKey?: string;
  /** The file that the secret key came from; none where it is not said. */
  keyPlace?: KeyPlace;
  rehearsal?: boolean;
  lane?: BcryptLane;
  /** When the clock of the test stands; now where it is not said. */
  at?: string;
};

/** The rules on one file, as one process has them. */
const openProcess = async (path: string, clock: () => Date, options: OpenOptions) => {
  const { rehearsal = false, lane: real = sharedLane } = options;
  const { store, readings } = countReadings(
    await openStore(`sqlite:///${path}`, { create: true, rehearsal }),
  );
  const lane = recordingLane(real);
  const settings = { ...quick, ...options.settings };
  const sealing = createSealing(options.secretKey ?? secretKey, options.keyPlace);
  const accounts = createAccounts({
    store,
    settings,
    sealing,
    lane,
    clock,
    origin: { door: 'command', osUser: 'tester' },
  });
  return {
    store,
    /** How often the store was asked for something so far; changing does not count. */
    readings,
    lane,
    sealing,
    settings,
    accounts,
    /** Adds a user, active unless said otherwise. */
    add: (username: string, more: Partial<NewAccount> = {}) =>
      accounts.users.create(operator, { username, password: usual, isActive: true, ...more }),
    signIn: (username: string, password = usual, door: Door = 'local') =>
      accounts.signIn({ username, password, door }),
    /** A sign-in over HTTP, from that address. */
    signInFrom: (source: string, username: string, password = usual, oneTimeCode?: string) =>
      accounts.signIn({ username, password, oneTimeCode, door: 'http', source }),
    /** Sets one-time codes up for a user. Gives their secret and the recovery codes. */
    enrol: async (username: string) => {
      const { actor, session } = await accounts.signIn({ username, password: usual, door: 'local' });
      const { secret, confirm } = await accounts.secondStep.begin(actor);
      const recoveryCodes = await confirm(codeAt(secret, clock()));
      await accounts.sessions.end(session.id);
      return { secret, recoveryCodes };
    },
    /** The user as the store holds it now. */
    find: (id: string) => store.read.users.find(id),
    /** The password of a user as the store holds it. */
    stored: async (id: string) => (await store.read.users.credentials(id))?.password,
    /** Whether that sign-in still counts, here and now. */
    isSignedIn: async (actor: Actor) => (await outcomeOf(accounts.sessions.current(actor))) === 'done',
  };
};

export type TestProcess = Awaited<ReturnType<typeof openProcess>>;

// The bytes of a new database: to migrate one for each test would take most of the time of all tests.
let fresh: Buffer | undefined;
const freshDatabase = async (): Promise<Buffer> => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'langinfra.db');
  const store = await openStore(`sqlite:///${path}`, { create: true });
  await store.close();
  return readFileSync(path);
};

/** A new database with the rules on it. `await using` closes and removes everything. */
export const openAccounts = async (options: OpenOptions = {}) => {
  const directory = temporaryDirectory();
  const path = join(directory.path, 'langinfra.db');
  fresh ??= await freshDatabase();
  writeFileSync(path, fresh, { mode: 0o600 });
  let moment = options.at ? Date.parse(options.at) : Date.now();
  const clock = () => new Date(moment);
  const first = await openProcess(path, clock, options);
  const opened = [first];

  return {
    ...first,
    path,
    clock,
    /** Lets time pass, for every process of the test. */
    pass: (seconds: number) => {
      moment += seconds * 1000;
    },
    /** Another process on the same file, with settings of its own. */
    another: async (others: OpenOptions = {}): Promise<TestProcess> => {
      const process = await openProcess(path, clock, others);
      opened.push(process);
      return process;
    },
    /** A row as an older database may hold it: any name, any stored password. */
    addRow: async (username: string, password: string, flags: { isSuperuser?: boolean } = {}) => {
      const id = newId();
      const passwordCost = Number(/^\$2b\$(\d\d)/.exec(password)?.[1] ?? 0);
      const { isSuperuser = false } = flags;
      const row = { id, username, password, passwordCost, isActive: true, isSuperuser, isAutomatic: false };
      await first.store.write(tx => tx.users.insert({ ...row, now: timestampOf(clock()) }));
      return id;
    },
    /** Rows of the file, past all rules. */
    rows: <Row>(query: string, ...values: unknown[]) => readRows<Row>(path, query, values),
    /** Everything the file holds, to see whether something changed. */
    everything: async () => ({
      users: await readRows(path, 'select * from user order by id', []),
      folders: await readRows(path, 'select * from folder order by id', []),
      sessions: await readRows(path, 'select * from session order by id', []),
      apiKeys: await readRows(path, 'select * from apikey order by id', []),
      sshKeys: await readRows(path, 'select * from ssh_key order by id', []),
      secondSteps: await readRows(path, 'select * from second_step order by user_id', []),
      recoveryCodes: await readRows(path, 'select * from recovery_code order by user_id, hash', []),
      throttle: await readRows(path, 'select * from throttle order by about, source', []),
      meta: await readRows(path, 'select * from meta order by key', []),
    }),
    [Symbol.asyncDispose]: async () => {
      for (const { accounts, store } of opened) {
        await accounts.close();
        await store.close();
      }
      directory[Symbol.dispose]();
    },
  };
};

export type TestAccounts = Awaited<ReturnType<typeof openAccounts>>;

const readRows = async <Row>(path: string, query: string, values: unknown[]): Promise<Row[]> => {
  const db = await open({ filename: path, driver: sqlite3.Database, mode: sqlite3.OPEN_READWRITE });
  try {
    db.configure('busyTimeout', 5000);
    return await db.all<Row[]>(query, values);
  } finally {
    await db.close();
  }
};

/** The number of superusers with a password who can sign in: what must never become none again. */
export const superusersOf = (t: Pick<TestProcess, 'store'>) => t.store.read.users.countActiveSuperusers();

/**
 * Runs a module's text in so many real processes, which all come to `await go()` before any of them passes it.
 * Gives what each `say()`s last. `from(path)` imports a module of src.
 */
export const atOnce = async (
  count: number,
  text: string,
  env: Record<string, string> = {},
): Promise<unknown[]> => {
  const src = new URL('../../src/', import.meta.url).href;
  const frame = `
    import { once } from 'node:events';
    // One that would never end must not outlive the test that says so.
    setTimeout(() => process.exit(1), 20_000).unref();
    const from = path => import(${JSON.stringify(src)} + path);
    const say = value => process.stdout.write(JSON.stringify(value) + '\\n');
    const go = async () => { say('ready'); await once(process.stdin, 'data'); };
    ${text}
    process.stdin.destroy();`;
  using directory = temporaryDirectory();
  const program = join(directory.path, 'program.mjs');
  writeFileSync(program, frame);
  const children = Array.from({ length: count }, () => {
    const child = spawn(process.execPath, [program], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    return {
      child,
      ended: once(child, 'exit'),
      lines: createInterface(child.stdout)[Symbol.asyncIterator](),
    };
  });
  await Promise.all(children.map(({ lines }) => lines.next()));
  for (const { child } of children) child.stdin.end('go\n');
  return await Promise.all(
    children.map(async ({ ended, lines }) => {
      const { value = 'null' } = await lines.next();
      const [code] = await ended;
      if (code !== 0) throw new Error(`the process ended with ${code}`);
      return JSON.parse(value);
    }),
  );
};
