import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Refusal } from '../refusal.ts';

export type BcryptJob =
  | { kind: 'hash'; password: string; cost: number }
  /** `burn` names costs to spend on top where the password is wrong, so that every failure takes as long. */
  | { kind: 'compare'; password: string; hash: string; burn: readonly number[] };

export type LaneLoad = { running: number; waiting: number };

export type BcryptLane = {
  /** The bcrypt hash of at most 72 bytes. */
  hash: (password: string, cost: number) => Promise<string>;
  compare: (password: string, hash: string, burn: readonly number[]) => Promise<boolean>;
  /** How many jobs run and how many wait, at this moment. */
  load: () => LaneLoad;
  close: () => Promise<void>;
};

/** With cost 12 a core does about four a second: who is further back than this would wait half a minute. */
const waitingPerWorker = 128;

type Waiting = { job: BcryptJob; resolve: (result: never) => void; reject: (error: Error) => void };

/**
 * bcrypt in threads of its own, one for each core, started on first use. On libuv's threads it would starve
 * sqlite3, which shares them: docs/performance.md has the measurement.
 * Throws too_busy past the bound.
 */
export const createBcryptLane = (size = availableParallelism()): BcryptLane => {
  const workers: Worker[] = [];
  const idle: Worker[] = [];
  const running = new Map<Worker, Waiting>();
  const waiting: Waiting[] = [];
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
    const next = closed ? undefined : waiting.shift();
    if (next) give(next);
  };
  const give = (task: Waiting): void => {
    const worker = idle.pop() ?? start();
    running.set(worker, task);
    worker.ref();
    worker.postMessage({ job: task.job });
  };
  const ask = <Result>(job: BcryptJob): Promise<Result> =>
    new Promise<Result>((resolve, reject) => {
      const task: Waiting = { job, resolve, reject };
      if (closed) return reject(new Error('the bcrypt lane is closed'));
      if (running.size < size) return give(task);
      if (waiting.length >= size * waitingPerWorker) return reject(new Refusal('too_busy'));
      waiting.push(task);
    });

  return {
    hash: (password, cost) => ask<string>({ kind: 'hash', password, cost }),
    compare: (password, hash, burn) => ask<boolean>({ kind: 'compare', password, hash, burn }),
    load: () => ({ running: running.size, waiting: waiting.length }),
    close: async () => {
      closed = true;
      await Promise.all(workers.map(worker => worker.terminate()));
      for (const task of [...running.values(), ...waiting])
        task.reject(new Error('the bcrypt lane was closed'));
    },
  };
};
