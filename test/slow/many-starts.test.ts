import { expect, test } from 'vitest';
import { good, newcomer } from '../support/program.ts';

const eight = Array.from({ length: 8 });

test('eight servers started at once on nothing all answer, with one superuser and one secret key', async () => {
  await using me = newcomer({
    LANGINFRA_AUTO_LOGIN: 'False',
    LANGINFRA_SUPERUSER: 'admin',
    LANGINFRA_SUPERUSER_PASSWORD: good,
  });
  const servers = await Promise.all(eight.map(() => me.serve()));
  for (const server of servers)
    expect(await server.call('GET /health_check')).toEqual({
      status: 200,
      body: { status: 'ok', chat: 'ok', db: 'ok' },
    });
  expect(await me.rows('select username, is_active, is_superuser from user')).toEqual([
    { username: 'admin', is_active: 1, is_superuser: 1 },
  ]);
  expect(await me.rows('select name from folder')).toHaveLength(1);
  expect(Object.keys(me.everything()).filter(name => name.includes('secret_key'))).toEqual([
    '.local/share/langinfra/secret_key',
  ]);
  // One of them made it, and says so.
  const saidSo = servers.filter(({ said }) => said.stderr.includes('The superuser admin was created'));
  expect(saidSo).toHaveLength(1);

  // A token of each counts at every other one: they have the same key.
  const bearers = await Promise.all(servers.map(server => server.bearer('admin')));
  for (const server of servers) {
    const answers = await Promise.all(
      bearers.map(bearer => server.call('GET /api/v1/users/whoami', { bearer })),
    );
    expect(answers.map(({ status }) => status)).toEqual(eight.map(() => 200));
  }
});

test('eight servers with automatic sign-in started at once make one automatic account', async () => {
  await using me = newcomer();
  const servers = await Promise.all(eight.map(() => me.serve()));
  for (const server of servers) expect((await server.call('GET /api/v1/auto_login')).status).toBe(200);
  expect(await me.rows('select username, is_automatic from user')).toEqual([
    { username: 'langinfra', is_automatic: 1 },
  ]);
});

test('eight times langinfra superuser at once on nothing makes one superuser; seven find it there', async () => {
  await using me = newcomer();
  const outcomes = await Promise.all(
    eight.map(() => me.run(['superuser', '--username', 'root'], { input: good })),
  );
  expect(outcomes.map(({ code }) => code).sort()).toEqual([0, ...Array.from({ length: 7 }, () => 3)]);
  expect(await me.rows('select username from user')).toEqual([{ username: 'root' }]);
});
