import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import bcrypt from 'bcrypt';
import type { BcryptJob } from './bcrypt-lane.ts';

/** Nobody waits for a hash as much as for a query or a key: the scheduler serves those first. */
const niceness = 15;

const stepBack = (): void => {
  try {
    // On Linux a thread has a priority of its own; /proc/thread-self links to <pid>/task/<thread>.
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, niceness);
  } catch {
    // Elsewhere the number of workers alone keeps the rest of the program quick.
  }
};

const work = (job: BcryptJob): string | boolean => {
  if (job.kind === 'hash') return bcrypt.hashSync(job.password, job.cost);
  if (bcrypt.compareSync(job.password, job.hash)) return true;
  for (const cost of job.burn) bcrypt.hashSync(job.password, cost);
  return false;
};

stepBack();
parentPort?.on('message', ({ job }: { job: BcryptJob }) => {
  parentPort?.postMessage({ result: work(job) });
});
