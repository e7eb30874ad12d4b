import { expect, test } from 'vitest';
import { tryRequests } from '../support/fuzz.ts';
import { newcomer } from '../support/program.ts';

/** The requests are the same each time; another number here, and they are others. */
const seed = Number(process.env.LANGINFRA_TEST_SEED ?? 4);

test('20,000 requests of every kind get no 5xx, and no answer that /openapi.json does not describe', {
  timeout: 1_800_000,
}, async () => {
  await using me = newcomer();
  const server = await me.serve();
  const { unreached } = await tryRequests(server, { seed, count: 20_000 });
  // What only ever refuses was not tried.
  expect(unreached).toEqual([]);
  expect((await server.call('GET /health_check')).body).toEqual({ status: 'ok', chat: 'ok', db: 'ok' });
  const errors = server.said.stderr.split('\n').filter(line => line.includes('"level":50'));
  expect(errors).toEqual([]);
});
