import { expect, test } from 'vitest';
import { good, newcomer } from '../support/program.ts';
import { keys } from '../support/pty.ts';

const settings = { LANGINFRA_AUTO_LOGIN: 'False' };

test('the console says how strong a password is, and makes one that lets its user sign in', async () => {
  await using me = newcomer(settings);
  await me.run(['superuser', '--username', 'root'], { input: good });
  await using ui = me.terminal(['run'], { columns: 80, rows: 24 });
  await ui.sees('Sign in');
  ui.type('root', keys.enter, good, keys.enter);
  await ui.sees('Admin Page', '› root');
  ui.type('n', 'eve', keys.tab, 'trustno1');
  await ui.sees('weak: This is one of the most common passwords');
  ui.type(' is a meerkat');
  await ui.sees(/strong: about 10\^\d\d guesses/);
  ui.type(keys.ctrl('g'));
  await ui.sees(/made: \w{20}/, 'ctrl-y copies it');
  const [, made = ''] = /made: (\w{20})/.exec(ui.screen()) ?? [];
  ui.type(keys.tab, keys.tab, ' ', keys.ctrl('s'));
  await ui.sees('eve was added');
  await ui.seesNot(made);
  ui.type('m');
  await ui.sees('Sign out');
  ui.type(keys.up, keys.enter);
  await ui.sees('Sign in');
  ui.type('eve', keys.enter, made, keys.enter);
  await ui.sees('Profile', 'eve');
  expect(ui.bytes()).not.toMatch(/trustno1|meerkat/);
});

test('at a prompt a common password is refused, and asked for again', async () => {
  await using me = newcomer(settings);
  await me.run(['superuser', '--username', 'root'], { input: good });
  await using ui = me.terminal(['users', 'passwd', 'root']);
  await ui.sees('Password:');
  ui.type('Root-2026', keys.enter);
  await ui.sees('The username and some digits or signs is too easy.', 'Password:');
  ui.type('iloveyou', keys.enter);
  await ui.sees('This is one of the most common passwords.', 'Password:');
  ui.type('correct horse stable', keys.enter);
  await ui.sees('Password again:');
  ui.type('correct horse stable', keys.enter);
  await ui.sees('root has a new password');
  expect(await ui.ended).toMatchObject({ code: 0 });
});
