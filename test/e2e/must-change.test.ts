import { expect, test } from 'vitest';
import { good, newcomer } from '../support/program.ts';
import { eventually, keys } from '../support/pty.ts';

const settings = { LANGINFRA_AUTO_LOGIN: 'False' };

test('a password that an operator makes is for one sign-in only, at every door', async () => {
  await using me = newcomer(settings);
  await me.run(['superuser', '--username', 'root'], { input: good });
  await me.add('ada');
  const { stdout } = await me.run(['users', 'passwd', 'ada', '--generate']);
  const [, made = ''] = /^Password: (\S+)$/m.exec(stdout) ?? [];
  expect((await me.run(['why', 'ada'])).stdout).toMatch(
    /can sign in .*\nada has to change the password at the next sign-in\.\n$/,
  );
  expect((await me.run(['users', 'show', 'ada'])).stdout).toMatch(/^Must change +yes/m);

  const server = await me.serve();
  const bearer = await server.bearer('ada', made);
  const all = () => server.call('GET /api/v1/all', { bearer });
  expect(await all()).toMatchObject({ status: 400, body: { detail: 'Password change required' } });
  expect((await server.call('GET /api/v1/users/whoami', { bearer })).status).toBe(200);

  await using ui = me.terminal(['run'], { columns: 80, rows: 24 });
  await ui.sees('Sign in');
  ui.type('ada', keys.enter, made, keys.enter);
  await ui.sees('Change password', 'You have to choose a new password', 'New Password');
  ui.type('my own password', keys.tab, 'my own password', keys.ctrl('s'));
  await ui.sees('Profile', 'Your password was changed');
  expect(ui.bytes()).not.toContain('my own password');
  await eventually(async () => expect((await all()).status).toBe(401));
  const later = await server.bearer('ada', 'my own password');
  expect((await server.call('GET /api/v1/all', { bearer: later })).status).toBe(200);
  expect((await me.run(['why', 'ada'])).stdout).not.toContain('has to change');

  // From another process, with the console open.
  await me.run(['users', 'edit', 'ada', '--must-change']);
  await ui.sees('You have to choose a new password');
  await eventually(async () =>
    expect((await server.call('GET /api/v1/all', { bearer: later })).status).toBe(400),
  );
  await me.run(['users', 'edit', 'ada', '--no-must-change']);
  await ui.sees('Profile');
});
