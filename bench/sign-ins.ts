import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import { median, printRows, row } from './measure.ts';
import { httpClient, serving, workplace } from './program.ts';

const port = 17_862;
const password = 'correct horse';
const atOnce = 8;
const seconds = 10;
const rounds = 3;
/** The cost that new passwords get, and the cheapest that is allowed, where everything else weighs most. */
const costs = [12, 10] as const;

/** The milliseconds one core takes for one check. */
const oneCheck = (hash: string): number => {
  const started = performance.now();
  bcrypt.compareSync(password, hash);
  return performance.now() - started;
};

const signInsPerSecond = async (signIn: () => Promise<unknown>): Promise<number> => {
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

const shareOf = async (cost: number): Promise<number> => {
  using place = workplace();
  const hash = bcrypt.hashSync(password, cost);
  const server = await serving(
    {
      ...place.env,
      LANGINFRA_AUTO_LOGIN: 'False',
      LANGINFRA_SUPERUSER: 'admin',
      LANGINFRA_SUPERUSER_PASSWORD: password,
      LANGINFRA_BCRYPT_COST: String(cost),
      LANGINFRA_LOG_LEVEL: 'silent',
    },
    port,
  );
  const client = httpClient(port, atOnce);
  const signIn = () =>
    client.ask('/api/v1/login', {}, String(new URLSearchParams({ username: 'admin', password })));
  try {
    for (let warm = 0; warm < 4; warm += 1) await signIn();
    const shares: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const check = median(Array.from({ length: 10 }, () => oneCheck(hash)));
      shares.push((await signInsPerSecond(signIn)) / ((availableParallelism() * 1000) / check));
    }
    return median(shares);
  } finally {
    client.close();
    await server.end();
  }
};

/** Row 8: sign-ins a second over what the cores could do if they did nothing but bcrypt. */
export const signIns = async (): Promise<void> => {
  const rows = [];
  for (const cost of costs) {
    const what = `sign-ins a second over cores by the time of one bcrypt check, cost ${cost}`;
    rows.push(row(what, await shareOf(cost), { least: 0.95 }));
  }
  printRows(`Sign-ins over HTTP, ${availableParallelism()} cores, ${atOnce} clients on the same ones`, rows);
};
