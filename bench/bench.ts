import { availableParallelism, cpus } from 'node:os';
import { bulk } from './bulk.ts';
import { busy } from './busy.ts';
import { busyConsole } from './busy-console.ts';
import { doorKeys } from './door-keys.ts';
import { doorMemory } from './door-memory.ts';
import { httpLists } from './http-lists.ts';
import { keys } from './keys.ts';
import { lists } from './lists.ts';
import { memory } from './memory.ts';
import { searching } from './searching.ts';
import { signIns } from './sign-ins.ts';
import { soak } from './soak.ts';
import { ssh } from './ssh.ts';
import { start } from './start.ts';
import { transfer } from './transfer.ts';
import { whoami } from './whoami.ts';

/** Every measurement by its name: `npm run bench` runs all, `npm run bench -- start keys` some. */
const all: Record<string, () => Promise<void>> = {
  start: () => start(),
  keys: () => keys(1_000_000),
  'few-keys': () => keys(10_000),
  searching: () => searching(1_000_000),
  lists: () => lists(1_000_000),
  bulk: () => bulk(1_000_000),
  transfer: () => transfer(1_000_000),
  'few-transferred': () => transfer(100_000),
  signIns,
  busy,
  'busy-console': () => busyConsole(10_000),
  whoami,
  'http-lists': () => httpLists(1_000_000),
  memory: () => memory(1_000_000, 100_000),
  ssh: () => ssh(10_000),
  'door-memory': () => doorMemory(10_000, 10),
  'few-door-memory': () => doorMemory(10_000, 2),
  'door-keys': () => doorKeys(10_000),
  soak: () => soak(10_000, 10),
  'short-soak': () => soak(10_000, 3),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter(name => !(name in all));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no measurement ${unknown.join(', ')}. There are: ${Object.keys(all).join(', ')}\n`,
  );
  process.exit(2);
}
process.stdout.write(`Node ${process.version}, ${availableParallelism()} cores, ${cpus()[0]?.model}\n`);
for (const [name, measure] of Object.entries(all))
  if (wanted.length === 0 || wanted.includes(name)) await measure();
// node-pty keeps a handle of a program that has ended.
process.exit(0);
