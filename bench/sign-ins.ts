import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import { median, printRows, row } from './measure.ts';
import { cli, workplace } from './program.ts';

const port = 17_862;
const cost = 10;
const password = 'correct horse';
const atOnce = 8;
const seconds = 5;
const rounds = 3;

/** The milliseconds one core takes for one check. */
const oneCheck = (hash: string): number => {
  const started = performance.now();
  bcrypt.compareSync(password, hash);
  return performance.now() - started;
};

const signIn = async (): Promise<void> => {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/login`, {
    method: 'POST',
    body: new URLSearchParams({ username: 'admin', password }),
  });
  if (answer.status !== 200) throw new Error(`login answered ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
};

const signInsPerSecond = async (): Promise<number> => {
  const started = performance.now();
  let done = 0;
  const client = async () => {
    while (performance.now() - started < seconds * 1000) {
      await signIn();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return done / ((performance.now() - started) / 1000);
};

/** Row 8: sign-ins a second over what the cores could do if they did nothing but bcrypt. */
export const signIns = async (): Promise<void> => {
  using place = workplace();
  const env = {
    ...place.env,
    LANGINFRA_AUTO_LOGIN: 'False',
    LANGINFRA_SUPERUSER: 'admin',
    LANGINFRA_SUPERUSER_PASSWORD: password,
    LANGINFRA_BCRYPT_COST: String(cost),
    LANGINFRA_LOG_LEVEL: 'silent',
  };
  const hash = bcrypt.hashSync(password, cost);
  const server = spawn(process.execPath, [cli, 'run', '--headless', '--port', String(port)], {
    env,
    stdio: 'ignore',
  });
  try {
    while (!(await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined))) {
      if (server.exitCode !== null) throw new Error(`run --headless ended with ${server.exitCode}`);
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    for (let warm = 0; warm < 4; warm += 1) await signIn();
    const shares: number[] = [];
    const rates: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const check = median(Array.from({ length: 20 }, () => oneCheck(hash)));
      const rate = await signInsPerSecond();
      rates.push(rate);
      shares.push(rate / ((availableParallelism() * 1000) / check));
    }
    printRows(`Sign-ins over HTTP, bcrypt cost ${cost}, ${availableParallelism()} cores, ${atOnce} clients`, [
      row('sign-ins a second', median(rates), {}),
      row('over cores divided by the time of one bcrypt check', median(shares), { least: 0.95 }),
    ]);
  } finally {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
};
