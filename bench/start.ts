import { join } from 'node:path';
import { betterAuthPeer } from './better-auth.ts';
import { inTurn, median, printRows, ratioOf, row } from './measure.ts';
import { onTerminal, program, runtime, workplace } from './program.ts';
import { headless, type Server } from './servers.ts';

const node = process.execPath;
const size = { cols: 80, rows: 24 };

/** Milliseconds until a server answers a request. */
const untilItAnswers = async (starting: Promise<Server>): Promise<number> => {
  await using server = await starting;
  return server.answeredAfter;
};

/** Rows 1, 2 and 3: how long a start takes, as multiples of the start of Node itself. */
export const start = async (rounds = 25): Promise<void> => {
  using place = workplace();
  const { env } = place;
  const peer = betterAuthPeer();
  const peersDatabase = join(place.directory, 'better-auth.db');
  const values = await inTurn(rounds, {
    'node -e 0': () => runtime(node, ['-e', '0'], env),
    '--version': () => runtime(node, [...program, '--version'], env),
    '--help': () => runtime(node, [...program, '--help'], env),
    run: async () => {
      const console = onTerminal(node, [...program, 'run'], env, size);
      const shown = await console.shows('quit');
      await console.quit('q');
      return shown;
    },
    headless: () => untilItAnswers(headless(env, 17_861)),
    // Its first start, which makes the database, does not count.
    ...(peer && { peer: () => untilItAnswers(peer.serve(peersDatabase, 17_874)) }),
  });
  const base = values['node -e 0'] ?? [];
  const times = (label: string) => ratioOf(values[label] ?? [], base);
  const rows = [
    row('`langinfra run` to its first frame, database open, over `node -e 0`', times('run'), { most: 4 }),
    row('`langinfra --version` over `node -e 0`', times('--version'), { most: 1.3 }),
    row('`langinfra --help` over `node -e 0`', times('--help'), { most: 3 }),
    row('`langinfra run --headless` until it answers, over `node -e 0`', times('headless'), { most: 4 }),
  ];
  if (peer) rows.push(row('better-auth until it answers, over `node -e 0`', times('peer'), {}));
  printRows(`Start (median of ${rounds} rounds; node -e 0 took ${median(base).toFixed(0)} ms)`, rows);
};
