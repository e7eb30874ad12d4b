import { expect, test } from 'vitest';
import { withOneTimeCodes } from '../support/described-values.ts';
import { tryRequests } from '../support/fuzz.ts';
import { setUpOneTimeCodes } from '../support/one-time-codes.ts';
import { newcomer } from '../support/program.ts';

/** The requests are the same each time; another number here, and they are others. */
const seed = Number(process.env.LANGINFRA_TEST_SEED ?? 4);

test('20,000 requests of every kind get no 5xx, and no answer that /openapi.json does not describe', {
  timeout: 1_800_000,
}, async () => {
  await using me = newcomer();
  const server = await me.serve();
  await me.add('keeper', '--superuser');
  await me.add(withOneTimeCodes);
  await using ui = me.terminal(['run'], { env: { ...me.env, LANGINFRA_AUTO_LOGIN: 'False' } });
  await setUpOneTimeCodes(ui, withOneTimeCodes);
  const { unreached } = await tryRequests(server, { seed, count: 20_000 });
  // What only ever refuses was not tried.
  expect(unreached).toEqual([]);
  const wrong = await me.rows("select id from audit where outcome = 'one_time_code_wrong'");
  expect(wrong.length).toBeGreaterThan(20);
  expect((await server.call('GET /health_check')).body).toEqual({ status: 'ok', chat: 'ok', db: 'ok' });
  const errors = server.said.stderr.split('\n').filter(line => line.includes('"level":50'));
  expect(errors).toEqual([]);
});
