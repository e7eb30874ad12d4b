import { during, latencies, whileSigningIn } from './load.ts';
import { median, printRows, quantile, type Row, row } from './measure.ts';
import { workplace } from './program.ts';
import { betterAuth, langinfra, type Target } from './targets.ts';

const inFlight = 16;
const seconds = 4;
const rounds = 3;
/** Some who ask again 10 ms after they were answered: they must not be a load of their own. */
const askers = { connections: 4, pause: 10 };
/** The cheapest that is allowed: the most sign-ins come through, each with its work beside the hash. */
const cost = 10;

type Waits = { idle: number[]; busy: number[]; delays: number[]; signIns: number[] };

const measureRound = async (target: Target, waits: Waits): Promise<void> => {
  const { port, whoami: request } = target;
  const wait = (lasting: number) => latencies({ port, request, ...askers }, during(lasting));
  waits.idle.push(...(await wait(seconds / 2)));
  await target.worstDelay();
  const { measured, signInsPerSecond } = await whileSigningIn(target, inFlight, () => wait(seconds));
  waits.busy.push(...measured);
  waits.delays.push(await target.worstDelay());
  waits.signIns.push(signInsPerSecond);
};

/** Row 9: how long whoami takes while sign-ins saturate the cores, beside better-auth asked for its session. */
export const busy = async (): Promise<void> => {
  using place = workplace();
  const env = { ...place.env, LANGINFRA_LOG_LEVEL: 'silent', LANGINFRA_BCRYPT_COST: String(cost) };
  await using ours = await langinfra(env, 17_868);
  await using peer = await betterAuth(place.directory, 17_869);
  const waitsOf = (): Waits => ({ idle: [], busy: [], delays: [], signIns: [] });
  const [our, their] = [waitsOf(), waitsOf()];
  for (let round = 0; round < rounds; round += 1) {
    await measureRound(ours, our);
    if (peer) await measureRound(peer, their);
  }

  const ms = { unit: ' ms' };
  const rowsOf = (question: string, waits: Waits, most: { most?: number }): Row[] => [
    row(`${question}, idle, p50`, median(waits.idle), ms),
    row('idle, p99', quantile(waits.idle, 0.99), ms),
    row('while sign-ins saturate the cores, p50', median(waits.busy), ms),
    row('while sign-ins saturate the cores, p99', quantile(waits.busy, 0.99), { ...most, ...ms }),
    row('the event loop at its latest meanwhile', Math.max(...waits.delays), ms),
    row('sign-ins a second meanwhile', median(waits.signIns), {}),
  ];
  const rows = rowsOf('whoami', our, { most: 5 });
  if (peer) {
    rows.push(...rowsOf("better-auth's get-session", their, {}));
    const times = quantile(their.busy, 0.99) / quantile(our.busy, 0.99);
    rows.push(row("better-auth's p99 over ours while sign-ins saturate the cores", times, { least: 40 }));
  }
  printRows(`Beside sign-ins (${inFlight} in flight, bcrypt of cost ${cost})`, rows);
};
