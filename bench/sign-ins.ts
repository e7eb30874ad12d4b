import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import bcrypt from 'bcrypt';
import { betterAuthPeer } from './better-auth.ts';
import { during, perSecond, times } from './load.ts';
import { median, printRows, row } from './measure.ts';
import { workplace } from './program.ts';
import { betterAuth, langinfra, password, type Target } from './targets.ts';

const atOnce = 8;
const seconds = 8;
const rounds = 3;

type Check = () => unknown;

const bcryptCheck = (cost: number): Check => {
  const hash = bcrypt.hashSync(password, cost);
  return () => bcrypt.compareSync(password, hash);
};

/** The milliseconds one core takes for one check. */
const oneCheck = async (check: Check): Promise<number> => {
  const taken: number[] = [];
  for (let time = 0; time < 10; time += 1) {
    const started = performance.now();
    await check();
    taken.push(performance.now() - started);
  }
  return median(taken);
};

/** Sign-ins a second over what the cores could do if they did nothing but check passwords. */
const shareOf = async ({ port, signIns }: Target, check: Check): Promise<number> => {
  const most = (availableParallelism() * 1000) / (await oneCheck(check));
  return (await perSecond(port, signIns, atOnce, during(seconds))) / most;
};

/** Row 8: sign-ins a second over what the cores could do, beside better-auth over what they could with its hash. */
export const signIns = async (): Promise<void> => {
  using place = workplace();
  const withCost = (cost: number) => ({
    ...place.env,
    LANGINFRA_CONFIG_DIR: join(place.directory, String(cost)),
    LANGINFRA_BCRYPT_COST: String(cost),
    LANGINFRA_LOG_LEVEL: 'silent',
  });
  // The cost that new passwords get, and the cheapest that is allowed, where everything else weighs most.
  await using usual = await langinfra(withCost(12), 17_862);
  await using cheapest = await langinfra(withCost(10), 17_863);
  await using peer = await betterAuth(place.directory, 17_864);
  const targets: { what: string; target: Target; check: Check; goal: { least?: number } }[] = [];
  const what = 'sign-ins a second over cores by the time of one';
  const goal = { least: 0.95 };
  targets.push({ what: `${what} bcrypt check, cost 12`, target: usual, check: bcryptCheck(12), goal });
  targets.push({ what: `${what} bcrypt check, cost 10`, target: cheapest, check: bcryptCheck(10), goal });
  const theirCheck = await betterAuthPeer()?.checkOf(password);
  if (peer && theirCheck)
    targets.push({
      what: `better-auth: ${what} check of its own`,
      target: peer,
      check: theirCheck,
      goal: {},
    });

  const shares = targets.map((): number[] => []);
  for (const { target } of targets) await perSecond(target.port, target.signIns, atOnce, times(atOnce));
  for (let round = 0; round < rounds; round += 1)
    for (const [index, { target, check }] of targets.entries())
      shares[index]?.push(await shareOf(target, check));
  printRows(
    `Sign-ins over HTTP, ${availableParallelism()} cores, ${atOnce} clients on the same ones`,
    targets.map(({ what, goal }, index) => row(what, median(shares[index] ?? []), goal)),
  );
};
