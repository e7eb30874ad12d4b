import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { setUpOneTimeCodes } from '../support/one-time-codes.ts';
import { good, newcomer } from '../support/program.ts';

test('one-time codes are set up at the console, asked for over HTTP, and reset by a command', async () => {
  await using me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False' });
  await me.run(['superuser', '--username', 'root'], { input: good });
  await me.add('ada');
  await using ui = me.terminal(['run'], { columns: 80, rows: 24 });
  const { recoveryCode: recovery } = await setUpOneTimeCodes(ui, 'ada');

  const server = await me.serve();
  const login = (totp?: string) =>
    server.call('POST /api/v1/login', {
      form: { username: 'ada', password: good, ...(totp !== undefined && { totp }) },
    });
  expect(await login()).toMatchObject({ status: 400, body: { detail: 'One-time code required' } });
  expect(await login('000000')).toMatchObject({ status: 400, body: { detail: 'Incorrect one-time code' } });
  expect((await login(recovery)).status).toBe(200);
  expect((await login(recovery)).status).toBe(400);

  const shown = await me.run(['users', 'show', 'ada', '--json']);
  expect(JSON.parse(shown.stdout)).toMatchObject({ one_time_codes: true });
  expect((await me.run(['why', 'ada'])).stdout).toContain('9 recovery codes are left');
  const dry = await me.run(['users', 'mfa', 'reset', 'ada', '--dry-run']);
  expect(dry).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Dry run: ada signs in with the password/),
  });
  expect((await login()).status).toBe(400);
  const reset = await me.run(['users', 'mfa', 'reset', 'ada', '--json']);
  expect(reset.code).toBe(0);
  expect(JSON.parse(reset.stdout)).toMatchObject({ username: 'ada', one_time_codes: false });
  await ui.sees('Your session has ended');
  expect((await login()).status).toBe(200);
  // On a terminal, where it would ask.
  await using again = me.terminal(['users', 'mfa', 'reset', 'ada']);
  await again.ended;
  expect(again.bytes()).not.toContain('[y/N]');
});

const shiftedClock = fileURLToPath(new URL('../support/shifted-clock.mjs', import.meta.url));

test('who gave the password and no code is in the audit, also where the server was killed meanwhile', async () => {
  await using me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False' });
  await me.run(['superuser', '--username', 'root'], { input: good });
  await me.add('ada');
  await using ui = me.terminal(['run'], { columns: 80, rows: 24 });
  await setUpOneTimeCodes(ui, 'ada');
  const server = await me.serve();
  const { status } = await server.call('POST /api/v1/login', { form: { username: 'ada', password: good } });
  expect(status).toBe(400);
  await server.kill();
  const asked = () => me.run(['audit', 'list', '--event', 'one_time_code_asked', '--json']);
  expect(await asked()).toMatchObject({ code: 0, stdout: '' });
  const clock = { NODE_OPTIONS: `--import=${shiftedClock}`, SHIFTED_CLOCK_FILE: me.file('clock', '151') };
  Object.assign(me.env, clock);
  expect(JSON.parse((await asked()).stdout)).toMatchObject({
    target: 'ada',
    door: 'http',
    origin: { address: '127.0.0.1' },
  });
  expect(await me.run(['audit', 'verify'])).toMatchObject({ code: 0 });
});
