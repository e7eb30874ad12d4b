import { type Typist, typistOverSsh } from './door-clients.ts';
import { bothDoors, type KeyOwner } from './doors.ts';
import { printRows, quantile, row } from './measure.ts';
import { cpuSeconds } from './program.ts';
import { whileTyping } from './typing.ts';

const port = 17_894;
const sessions = 100;
const ofOne = 10;
const rounds = 3;
const presses = 60;
/** Each of the others presses a key so often, in milliseconds. */
const pace = 500;
const [down, up] = ['\x1b[B', '\x1b[A'];
/** Back and forth over ten rows. */
const nth = (index: number): string => (index % 20 < 10 ? down : up);

/** Row 14: a key of one of a hundred sessions that are typing, over one of the only session. */
export const doorKeys = async (users: number): Promise<void> => {
  await using doors = await bothDoors(users, port, sessions / ofOne);
  const open = (index: number): Promise<Typist> =>
    typistOverSsh(doors.sshPort, doors.owners[Math.floor(index / ofOne)] as KeyOwner);
  const one = await open(0);
  const pressAll = async (): Promise<number[]> => {
    const taken: number[] = [];
    // The first keys compile the code they need.
    for (let index = -20; index < presses; index += 1) {
      const milliseconds = await one.press(nth(index + 20));
      if (index >= 0) taken.push(milliseconds);
    }
    return taken;
  };
  const alone: number[] = [];
  for (let round = 0; round < rounds; round += 1) alone.push(...(await pressAll()));
  const others: Typist[] = [];
  while (others.length < sessions - 1) others.push(await open(others.length + 1));
  const open100: number[] = [];
  for (let round = 0; round < rounds; round += 1) open100.push(...(await pressAll()));
  const before = { cpu: cpuSeconds(doors.pid), own: process.cpuUsage(), at: performance.now() };
  const among: number[] = [];
  await whileTyping(others, pace, nth, async () => {
    for (let round = 0; round < rounds; round += 1) among.push(...(await pressAll()));
  });
  const seconds = (performance.now() - before.at) / 1000;
  const own = process.cpuUsage(before.own);
  const [p50, p95] = [0.5, 0.95].map(share => (values: number[]) => quantile(values, share)) as [
    (values: number[]) => number,
    (values: number[]) => number,
  ];
  printRows(`Key to frame over SSH, ${users.toLocaleString('en-US')} users`, [
    row('the only session, p50', p50(alone), { unit: ' ms' }),
    row('the only session, p95', p95(alone), { unit: ' ms' }),
    row(`beside ${sessions - 1} that are open, p95`, p95(open100), { unit: ' ms' }),
    row(`beside ${sessions - 1} that type ${1000 / pace} keys a second each, p50`, p50(among), {
      unit: ' ms',
    }),
    row('the same, p95', p95(among), { unit: ' ms', most: 16.7 }),
    row('over the only session, p95', p95(among) / p95(alone), { most: 1.5 }),
    row('of a core, the server takes meanwhile', (cpuSeconds(doors.pid) - before.cpu) / seconds, {}),
    row('of a core, the clients take', (own.user + own.system) / 1e6 / seconds, {}),
  ]);
  await Promise.all([one, ...others].map(typist => typist.leave()));
};
