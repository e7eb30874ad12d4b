import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Refusal } from '../refusal.ts';

export type BcryptJob =
  | { kind: 'hash'; password: string; cost: number }
  /** `burn` names costs to spend on top where the password is wrong, so that every failure takes as long. */
  | { kind: 'compare'; password: string; hash: string; burn: readonly number[] };

/**
 * Whoever signs in or up over HTTP stands in a line of their own, so that hundreds of them hold up neither the console nor
 * somebody who is signed in already. The lines take turns.
 */
export type Line = 'strangers' | 'insiders';

/** How a job waits for its turn. */
export type Wait = {
  /** Insiders where it is not said. */
  line?: Line | undefined;
  /** Ends the waiting, with its reason; a job that runs is finished. */
  signal?: AbortSignal | undefined;
};

export type LaneLoad = { running: number; waiting: number };

export type BcryptLane = {
  /** The bcrypt hash of at most 72 bytes. */
  hash: (password: string, cost: number, wait?: Wait) => Promise<string>;
  compare: (password: string, hash: string, burn: readonly number[], wait?: Wait) => Promise<boolean>;
  /** How many jobs run and how many wait, at this moment. */
  load: () => LaneLoad;
  close: () => Promise<void>;
};

/** Of one line. With cost 12 a core does about four a second: who is further back than this would wait half a minute. */
const waitingPerWorker = 128;

type Waiting = { job: BcryptJob; resolve: (result: never) => void; reject: (error: Error) => void };

/**
 * bcrypt in threads of its own, one for each core, started on first use. On libuv's threads it would starve
 * sqlite3, which shares them: docs/performance.md has the measurement.
 * Throws too_busy past the bound of a line.
 */
export const createBcryptLane = (size = availableParallelism()): BcryptLane => {
  const workers: Worker[] = [];
  const idle: Worker[] = [];
  const running = new Map<Worker, Waiting>();
  const lines: Record<Line, Waiting[]> = { strangers: [], insiders: [] };
  let turn: Line = 'insiders';
  let closed = false;

  const start = (): Worker => {
    // The worker is a file of its own, beside this one in src and in dist.
    const file = new URL(`./bcrypt-worker${extname(import.meta.url)}`, import.meta.url);
    const worker = new Worker(file);
    workers.push(worker);
    worker.on('message', ({ result }: { result: never }) => {
      running.get(worker)?.resolve(result);
      rest(worker);
    });
    worker.on('error', error => {
      running.get(worker)?.reject(error);
      running.delete(worker);
      workers.splice(workers.indexOf(worker), 1);
      // An error ends the thread; another one takes what waits.
      giveNext();
    });
    return worker;
  };
  const rest = (worker: Worker): void => {
    running.delete(worker);
    // An idle worker does not keep the process alive; a running one does.
    worker.unref();
    idle.push(worker);
    giveNext();
  };
  const giveNext = (): void => {
    if (closed) return;
    const other = turn === 'insiders' ? 'strangers' : 'insiders';
    const next = lines[turn].shift() ?? lines[other].shift();
    turn = other;
    if (next) give(next);
  };
  const give = (task: Waiting): void => {
    const worker = idle.pop() ?? start();
    running.set(worker, task);
    worker.ref();
    worker.postMessage({ job: task.job });
  };
  const ask = <Result>(job: BcryptJob, { line = 'insiders', signal }: Wait = {}): Promise<Result> =>
    new Promise<Result>((resolve, reject) => {
      const task: Waiting = { job, resolve, reject };
      if (closed) return reject(new Error('the bcrypt lane is closed'));
      // Who has not to wait is served, though the signal came a moment ago: a request that runs is finished.
      if (running.size < size) return give(task);
      if (signal?.aborted) return reject(signal.reason);
      const waiting = lines[line];
      if (waiting.length >= size * waitingPerWorker) return reject(new Refusal('too_busy'));
      waiting.push(task);
      signal?.addEventListener('abort', () => {
        const place = waiting.indexOf(task);
        if (place < 0) return;
        waiting.splice(place, 1);
        reject(signal.reason);
      });
    });

  return {
    hash: (password, cost, wait) => ask<string>({ kind: 'hash', password, cost }, wait),
    compare: (password, hash, burn, wait) => ask<boolean>({ kind: 'compare', password, hash, burn }, wait),
    load: () => ({ running: running.size, waiting: lines.strangers.length + lines.insiders.length }),
    close: async () => {
      closed = true;
      // First: a thread ends only after the hash that it is at, which takes seconds where the cost is high.
      for (const task of [...running.values(), ...lines.strangers, ...lines.insiders])
        task.reject(new Refusal('server_stopping'));
      await Promise.all(workers.map(worker => worker.terminate()));
    },
  };
};
