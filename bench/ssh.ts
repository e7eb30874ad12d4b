import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { signInOverSsh } from './door-clients.ts';
import { bothDoors, type KeyOwner } from './doors.ts';
import { inTurn, median, printRows, type Row, ratioOf, row } from './measure.ts';
import { openssh, opensshClient } from './openssh.ts';
import { cpuSeconds, runtime, workplace } from './program.ts';

const rounds = 40;
const port = 17_874;
/** What a server has to do after a client has left is done after so many milliseconds. */
const aftermath = 60;

/** The milliseconds from connecting to being signed in, for a client that runs already. */
const signInTime = async (at: number, owner: KeyOwner): Promise<number> => {
  const started = performance.now();
  const client = await signInOverSsh(at, owner);
  const taken = performance.now() - started;
  const closed = once(client, 'close');
  client.end();
  await closed;
  await setTimeout(aftermath);
  return taken;
};

/** What each call takes of a server's CPU time, in milliseconds, over many of them. */
const cpuOf = async (pid: number, call: () => Promise<unknown>): Promise<number> => {
  const before = cpuSeconds(pid, { withChildren: true });
  for (let time = 0; time < rounds; time += 1) await call();
  return ((cpuSeconds(pid, { withChildren: true }) - before) / rounds) * 1000;
};

/** Row 12: to connect and to sign in with a key, over the same at OpenSSH's server, with the same algorithms. */
export const ssh = async (users: number): Promise<void> => {
  using place = workplace();
  await using doors = await bothDoors(users, port, 1);
  const [owner] = doors.owners as [KeyOwner];
  await using peer = await openssh(port + 2);
  const ours = { port: doors.sshPort, pid: doors.pid, owner, command: '--version' };
  const theirs = peer && { port: port + 2, pid: peer.pid, owner: peer.owner, command: 'true' };

  const rows: Row[] = [];
  const signIn = (target: typeof ours) => () => signInTime(target.port, target.owner);
  const wholeCommand = (target: typeof ours) => () => {
    const { command, args } = opensshClient(place.directory, target.port, target.owner);
    return runtime(command, [...args, target.command], place.env);
  };
  const compare = async (what: string, measured: typeof signIn, goal: { most?: number }) => {
    const values = await inTurn(rounds, {
      ours: measured(ours),
      ...(theirs && { theirs: measured(theirs) }),
    });
    const { ours: own = [], theirs: other } = values;
    rows.push(row(`${what}, median`, median(own), { unit: ' ms' }));
    if (!other) return;
    rows.push(row('the same at sshd', median(other), { unit: ' ms' }));
    rows.push(row('langinfra over sshd', ratioOf(own, other), goal));
  };
  await compare('connected and signed in with a key', signIn, { most: 0.2 });
  const cpu = await cpuOf(ours.pid, signIn(ours));
  rows.push(row('CPU time of the server for it', cpu, { unit: ' ms' }));
  if (theirs) {
    const other = await cpuOf(theirs.pid, signIn(theirs));
    rows.push(row('the same of sshd and its processes', other, { unit: ' ms' }));
    rows.push(row('langinfra over sshd', cpu / other, {}));
  }
  await compare("all of OpenSSH's client, from its start, with a command", wholeCommand, {});
  printRows(`SSH: ${rounds} rounds in turn, the shortest command of each (--version; true)`, rows);
};
