import { answerOf, latencies, type Request, requestOf, times } from './load.ts';
import { inTurn, median, printRows, type Row, ratioOf, row } from './measure.ts';
import { workplace } from './program.ts';
import { seededCopy } from './seed.ts';
import { langinfra } from './targets.ts';

const limit = 50;
const rounds = 7;
/** In a round, one after the other. */
const requests = 5;

type Query = Record<string, string | number>;

/** Pages and searches of headless mode, from the question to the last byte of its answer. */
export const httpLists = async (users: number): Promise<void> => {
  using place = workplace();
  const database = await seededCopy(users, place.directory);
  const env = {
    ...place.env,
    LANGINFRA_DATABASE_URL: `sqlite:///${database}`,
    LANGINFRA_LOG_LEVEL: 'silent',
  };
  await using server = await langinfra(env, 17_871);
  const { port, superuser } = server;
  const list = (query: Query): Request =>
    requestOf(`/api/v1/users/?${new URLSearchParams({ limit: String(limit), ...query })}`, superuser);
  /** The page after the one that the query gives. */
  const after = async ({ skip, ...order }: Query): Promise<Request> => {
    const { next } = JSON.parse(await answerOf(port, list({ skip: skip ?? 0, ...order })));
    return list({ ...order, after: next });
  };
  const [middle, end] = [users / 2, users - 1000];
  const byName = { sort: 'username' };
  const first = 'the first page';
  const keyset = { most: 1.2 };
  const questions: Record<string, { request: Request; goal?: { most: number } }> = {
    [first]: { request: list({}) },
    'after a cursor in the middle': { request: await after({ skip: middle }), goal: keyset },
    'after a cursor at the end': { request: await after({ skip: end }), goal: keyset },
    'by username, first page': { request: list(byName) },
    'by username, after a cursor in the middle': {
      request: await after({ skip: middle, ...byName }),
      goal: keyset,
    },
    [`skip=${middle}`]: { request: list({ skip: middle }) },
    [`skip=${end}`]: { request: list({ skip: end }) },
    'search=james.smith7a2, one match': { request: list({ search: 'james.smith7a2' }) },
    'search=smith, many matches': { request: list({ search: 'smith' }) },
    'search=qqxj, no match': { request: list({ search: 'qqxj' }) },
  };
  const taken = await inTurn(
    rounds,
    Object.fromEntries(
      Object.entries(questions).map(([what, { request }]) => [
        what,
        async () => median(await latencies({ port, request, connections: 1, pause: 0 }, times(requests))),
      ]),
    ),
  );
  const rows = Object.entries(questions).map(([what, { goal = {} }]): Row => {
    const times = taken[what] ?? [];
    const milliseconds = `${median(times).toFixed(1)} ms`;
    if (what === first) return { what, figure: milliseconds, goal: '', reached: undefined };
    const over = row(`${what}, over the first page`, ratioOf(times, taken[first] ?? []), goal);
    return { ...over, figure: `${over.figure} (${milliseconds})` };
  });
  printRows(`Lists over HTTP, ${users.toLocaleString('en-US')} users, ${limit} on a page`, rows);
};
