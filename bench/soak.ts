import { setTimeout } from 'node:timers/promises';
import { type Typist, typistInBrowser, typistOverSsh } from './door-clients.ts';
import { bothDoors, type KeyOwner } from './doors.ts';
import { printRows, quantile, type Row, row } from './measure.ts';
import { residentMiB } from './program.ts';
import { makeTrouble } from './troubles.ts';
import { whileTyping } from './typing.ts';

const port = 17_904;
const sessions = 100;
/** So many a user, and an address, may have open. */
const ofOne = 10;
/** Each presses a key so often, in milliseconds. */
const pace = 1000;
const minute = 60_000;
/** Over the list, to another page, into a search and out of it. */
const typed = [...Array<string>(8).fill('\x1b[B'), '\x1b[6~', '/', 's', 'm', '\x1b', 'g'];
const nth = (index: number): string => typed[index % typed.length] as string;
/** Of the one that is measured: back and forth over ten rows. */
const measured = (index: number): string => (index % 20 < 10 ? '\x1b[B' : '\x1b[A');

/** A hundred sessions that type for so many minutes, half over SSH and half in pages, while others make all the trouble they can. */
export const soak = async (users: number, minutes: number): Promise<void> => {
  const groups = sessions / 2 / ofOne;
  await using doors = await bothDoors(users, port, groups + 2);
  const [vandal, watcher, ...owners] = doors.owners as [KeyOwner, KeyOwner, ...KeyOwner[]];
  const typists: Typist[] = [];
  for (let index = 0; index < sessions / 2; index += 1) {
    const group = Math.floor(index / ofOne);
    typists.push(await typistOverSsh(doors.sshPort, owners[group] as KeyOwner));
    typists.push(await typistInBrowser(port, `127.0.0.${2 + group}`));
  }
  const watching = await typistOverSsh(doors.sshPort, watcher);
  const watch = async (milliseconds: number): Promise<number[]> => {
    const taken: number[] = [];
    const until = performance.now() + milliseconds;
    for (let index = 0; performance.now() < until; index += 1) {
      taken.push(await watching.press(measured(index)));
      await setTimeout(pace / 2);
    }
    return taken;
  };
  const rows: Row[] = [];
  const held: number[] = [];
  const stillOpen = (): number => typists.filter(typist => typist.isOpen()).length;
  const counts = await whileTyping(typists, pace, nth, async () => {
    const quiet = await watch(minute / 2);
    rows.push(row('before the trouble begins: key to frame, p95', quantile(quiet, 0.95), { unit: ' ms' }));
    const stop = makeTrouble(doors, vandal);
    for (let time = 1; time <= minutes; time += 1) {
      const taken = await watch(minute);
      held.push(residentMiB(doors.pid));
      rows.push(row(`minute ${time}: memory`, held.at(-1) ?? Number.NaN, { unit: ' MiB' }));
      rows.push(row('key to frame, p95', quantile(taken, 0.95), { unit: ' ms' }));
      process.stderr.write(
        `minute ${time}: ${Math.round(held.at(-1) ?? 0)} MiB, ${stillOpen()} sessions open\n`,
      );
    }
    return stop();
  });
  const answers = await Promise.all(typists.map(typist => typist.press('\x1b[6~')));
  const [early = Number.NaN] = held;
  rows.push(
    row('the last over the first: growth', (held.at(-1) ?? Number.NaN) / early, { most: 1.1 }),
    row('sessions that are open and answer at the end', answers.filter(taken => taken >= 0).length, {
      least: sessions,
    }),
  );
  printRows(`${sessions} sessions typing for ${minutes} minutes`, rows);
  const made = Object.entries(counts).map(([name, count]) => `${name} (${count})`);
  process.stdout.write(`\nTrouble made meanwhile: ${made.join(', ')}.\n`);
};
