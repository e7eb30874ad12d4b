import { describe, expect, test } from 'vitest';
import { openServer } from '../support/http.ts';

test('health says ok to anybody', async () => {
  await using t = await openServer();
  const { status, body } = await t.call('GET /health');
  expect([status, body]).toEqual([200, { status: 'ok' }]);
});

describe('health_check', () => {
  test('says ok for each part', async () => {
    await using t = await openServer();
    const { status, body } = await t.call('GET /health_check');
    expect([status, body]).toEqual([200, { status: 'ok', chat: 'ok', db: 'ok' }]);
  });

  test('names the database where it does not answer, and health stays ok', async () => {
    await using t = await openServer();
    await t.store.close();
    const { status, body } = await t.call('GET /health_check');
    expect([status, body]).toEqual([503, { status: 'nok', chat: 'ok', db: 'error' }]);
    expect((await t.call('GET /health')).status).toBe(200);
  });
});
