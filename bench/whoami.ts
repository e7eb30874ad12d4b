import { answerOf, during, perSecond, type Request } from './load.ts';
import { inTurn, median, printRows, ratioOf, row } from './measure.ts';
import { cpuSeconds, workplace } from './program.ts';
import { bare, type Server } from './servers.ts';
import { betterAuth, langinfra } from './targets.ts';

const connections = 32;
const seconds = 1.5;
const rounds = 5;

/** Row 10: who is asking, over what node:http answers at the most, beside better-auth asked for its session. */
export const whoami = async (): Promise<void> => {
  using place = workplace();
  const env = { ...place.env, LANGINFRA_LOG_LEVEL: 'silent' };
  await using ours = await langinfra(env, 17_864);
  await using limit = await bare(await answerOf(ours.port, ours.whoami), place.env, 17_865);
  await using peer = await betterAuth(place.directory, 17_866);
  await using caching = await betterAuth(place.directory, 17_867, { cookieCache: true });

  const labels = {
    langinfra: 'whoami a second over bare node:http',
    peer: "better-auth's get-session over bare node:http",
    caching: 'the same where a cookie stands for the session, which is not looked up',
  };
  const cpu: Record<string, number[]> = {};
  /** Requests a second; what a request takes of the CPU, which neighbours touch less, goes into `cpu`. */
  const asked =
    (label: string, { port, pid }: Server, request: Request) =>
    async (): Promise<number> => {
      const before = cpuSeconds(pid);
      const started = performance.now();
      const rate = await perSecond(port, [request], connections, during(seconds));
      const requests = (rate * (performance.now() - started)) / 1000;
      cpu[label] = [...(cpu[label] ?? []), (cpuSeconds(pid) - before) / requests];
      return rate;
    };
  const rates = await inTurn(rounds, {
    bare: asked('bare', limit, ours.whoami),
    langinfra: asked('langinfra', ours, ours.whoami),
    ...(peer && { peer: asked('peer', peer, peer.whoami) }),
    ...(caching && { caching: asked('caching', caching, caching.whoami) }),
  });
  const base = rates.bare ?? [];
  const rows = Object.entries(labels).flatMap(([label, what]) => {
    const goal = label === 'langinfra' ? { least: 0.6 } : {};
    const [rate, time] = [rates[label], cpu[label]];
    if (!rate || !time) return [];
    return [
      row(what, ratioOf(rate, base), goal),
      row('— in CPU time of the server', median(cpu.bare ?? []) / median(time), {}),
    ];
  });
  printRows(
    `Who is asking (${connections} connections, ${rounds} rounds; bare node:http answered ${Math.round(median(base))} a second)`,
    rows,
  );
};
