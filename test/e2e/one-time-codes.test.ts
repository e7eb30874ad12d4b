import { Secret, TOTP } from 'otpauth';
import { expect, test } from 'vitest';
import { good, newcomer } from '../support/program.ts';
import { keys } from '../support/pty.ts';

test('one-time codes are set up at the console, asked for over HTTP, and reset by a command', async () => {
  await using me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False' });
  await me.run(['superuser', '--username', 'root'], { input: good });
  await me.add('ada');
  await using ui = me.terminal(['run'], { columns: 80, rows: 24 });
  await ui.sees('Sign in');
  ui.type('ada', keys.enter, good, keys.enter);
  await ui.sees('Set up one-time codes');
  ui.type(keys.down, keys.enter);
  await ui.sees('█████', 'Then type the code');
  const letters = [...ui.screen().matchAll(/ {2}((?:[A-Z2-7]{4} ?){4})$/gm)].map(([, half]) => half);
  const secret = Secret.fromBase32(letters.join('').replaceAll(' ', ''));
  ui.type(TOTP.generate({ secret }), keys.enter);
  await ui.sees('Recovery Codes');
  const recovery = ui.screen().match(/[a-z\d]{4}(-[a-z\d]{4}){2}/)?.[0] ?? '';
  ui.type(keys.esc);
  await ui.sees('10 recovery codes left');

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
  expect(await me.run(['users', 'mfa', 'reset', 'ada'])).toMatchObject({ code: 0 });
  await ui.sees('Your session has ended');
  expect((await login()).status).toBe(200);
  // On a terminal, where it would ask.
  await using again = me.terminal(['users', 'mfa', 'reset', 'ada']);
  await again.ended;
  expect(again.bytes()).not.toContain('[y/N]');
});
