import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { inTurn, median, printRows, ratioOf, row } from './measure.ts';
import { cli, onTerminal, runtime, workplace } from './program.ts';

const node = process.execPath;
const size = { cols: 80, rows: 24 };

/** Milliseconds until `run --headless` answers a request. */
const untilItAnswers = async (env: Record<string, string>, port: number): Promise<number> => {
  const started = performance.now();
  const child = spawn(node, [cli, 'run', '--headless', '--port', String(port)], { env, stdio: 'ignore' });
  for (;;) {
    try {
      await fetch(`http://127.0.0.1:${port}/health_check`);
      break;
    } catch {
      if (child.exitCode !== null) throw new Error(`run --headless ended with ${child.exitCode}`);
      await new Promise(resolve => setTimeout(resolve, 1));
    }
  }
  const answered = performance.now() - started;
  child.kill('SIGTERM');
  await once(child, 'exit');
  return answered;
};

/** Rows 1, 2 and 3: how long a start takes, as multiples of the start of Node itself. */
export const start = async (rounds = 25): Promise<void> => {
  using place = workplace();
  const { env } = place;
  const values = await inTurn(rounds, {
    'node -e 0': () => runtime(node, ['-e', '0'], env),
    '--version': () => runtime(node, [cli, '--version'], env),
    '--help': () => runtime(node, [cli, '--help'], env),
    run: async () => {
      const program = onTerminal(node, [cli, 'run'], env, size);
      const shown = await program.shows('quit');
      await program.quit('q');
      return shown;
    },
    headless: () => untilItAnswers(env, 17_861),
  });
  const base = values['node -e 0'] ?? [];
  const times = (label: string) => ratioOf(values[label] ?? [], base);
  printRows(`Start (median of ${rounds} rounds; node -e 0 took ${median(base).toFixed(0)} ms)`, [
    row('`langinfra run` to its first frame, database open, over `node -e 0`', times('run'), { most: 4 }),
    row('`langinfra --version` over `node -e 0`', times('--version'), { most: 1.3 }),
    row('`langinfra --help` over `node -e 0`', times('--help'), { most: 3 }),
    row('`langinfra run --headless` until it answers, over `node -e 0`', times('headless'), { most: 4 }),
  ]);
};
