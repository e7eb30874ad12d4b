import { setTimeout } from 'node:timers/promises';
import { type Typist, typistInBrowser, typistOverSsh } from './door-clients.ts';
import { bothDoors, type Doors, type KeyOwner } from './doors.ts';
import { printRows, type Row, row } from './measure.ts';
import { residentMiB } from './program.ts';

const port = 17_884;
const sessions = 100;
/** So many a user, and an address of the loopback network, may have open. */
const ofOne = 10;
const keys = 5;
const down = '\x1b[B';
/** So long, in milliseconds, the server is left alone before its memory is read. */
const settling = 2000;

type Way = (index: number, doors: Doors) => Promise<Typist>;

const ways: Record<string, Way> = {
  SSH: (index, { sshPort, owners }) => typistOverSsh(sshPort, owners[Math.floor(index / ofOne)] as KeyOwner),
  browser: index => typistInBrowser(port, `127.0.0.${2 + Math.floor(index / ofOne)}`),
};

/** What the server holds with so many sessions open, each with a few keys typed; and when they are closed. */
const heldBy = async (doors: Doors, open: Way): Promise<{ open: number; closed: number }> => {
  const typists: Typist[] = [];
  for (let index = 0; index < sessions; index += 1) typists.push(await open(index, doors));
  for (let time = 0; time < keys; time += 1)
    for (const typist of typists) {
      typist.write(down);
      await setTimeout(10);
    }
  await setTimeout(settling);
  const held = residentMiB(doors.pid);
  for (const typist of typists) await typist.leave();
  await setTimeout(settling);
  return { open: held, closed: residentMiB(doors.pid) };
};

/** Row 13: what an open session costs at a hundred, and what is left of it when they have closed; in so many rounds. */
export const doorMemory = async (users: number, rounds: number): Promise<void> => {
  for (const [door, open] of Object.entries(ways)) {
    await using doors = await bothDoors(users, port, sessions / ofOne);
    const first = residentMiB(doors.pid);
    // The console is loaded with the first one.
    await (await open(0, doors)).leave();
    await setTimeout(settling);
    const none = residentMiB(doors.pid);
    const held = [];
    for (let round = 0; round < rounds; round += 1) {
      held.push(await heldBy(doors, open));
      process.stderr.write(`${door}, round ${round + 1}: ${JSON.stringify(held.at(-1))}\n`);
    }
    const early = held[0] as (typeof held)[number];
    const late = held.at(-1) as (typeof held)[number];
    const rows: Row[] = [
      row('before the first session', first, { unit: ' MiB' }),
      row('after one, which loads the console', none, { unit: ' MiB' }),
      row(`with ${sessions} open`, early.open, { unit: ' MiB' }),
      row('for each', (early.open - none) / sessions, { most: 1, unit: ' MiB' }),
      row('when they are closed', early.closed, { unit: ' MiB' }),
      row(`with ${sessions} open, the ${rounds}th time`, late.open, { unit: ' MiB' }),
      row('when they are closed', late.closed, { unit: ' MiB' }),
      row('the last over the first, open: growth', late.open / early.open, { most: 1.1 }),
      row('the same, closed', late.closed / early.closed, { most: 1.1 }),
    ];
    printRows(`Memory of ${sessions} sessions, ${door} (resident)`, rows);
  }
};
