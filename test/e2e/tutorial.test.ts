import { chmodSync, copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { expect, test } from 'vitest';
import { newcomer, repository } from '../support/program.ts';
import { keys, untouched } from '../support/pty.ts';

const example = join(repository, '.env.example');

test('.env.example holds the values of the documentation, each with its own line to change', () => {
  expect(parse(readFileSync(example))).toEqual({
    LANGINFRA_AUTO_LOGIN: 'False',
    LANGINFRA_SUPERUSER: 'admin',
    LANGINFRA_SUPERUSER_PASSWORD: 'securepassword',
    LANGINFRA_SECRET_KEY: 'randomly_generated_secure_key',
    LANGINFRA_NEW_USER_IS_ACTIVE: 'False',
  });
});

test('the eleven steps of the documentation, from an empty directory to the new superuser', async () => {
  await using me = newcomer();
  // 1 to 3: the .env file.
  copyFileSync(example, join(me.home, '.env'));
  chmodSync(join(me.home, '.env'), 0o600);

  // 4: run it. 5: sign in.
  await using ui = me.terminal(['run', '--env-file', '.env'], { columns: 80, rows: 24 });
  await ui.sees('Langinfra');
  await ui.sees('Username', 'Password', 'Sign in');
  ui.type('admin', keys.enter);
  ui.type('securepassword');
  await ui.sees('•'.repeat('securepassword'.length));
  ui.type(keys.enter);

  // 6: the profile, and from there the Admin Page. A superuser starts on it.
  await ui.sees('Admin Page', /› admin +\[x\] +\[x\]/);
  ui.type('m');
  await ui.sees('Profile', 'Admin Page', 'Sign out');
  ui.type(keys.enter);
  await ui.sees(/› Profile +admin/, 'Change password', 'Admin Page', 'Sign out');
  ui.type(keys.down, keys.down, keys.down, keys.enter);
  await ui.sees(/› Admin Page +admin/, /› admin +\[x\] +\[x\]/);

  // 7: New User, with Username and Password. 8 and 9: Active and Superuser. 10: Save.
  ui.type('n');
  await ui.sees(
    'New User',
    'Username',
    'Password',
    'Confirm Password',
    '[ ] Active',
    '[ ] Superuser',
    '[ ] Must change password',
    'Save',
  );
  ui.type('new_user', keys.enter, 'my own password', keys.enter, 'my own password', keys.enter);
  ui.type(keys.space, keys.tab, keys.space);
  await ui.sees('[x] Active', '[x] Superuser');
  ui.type(keys.tab, keys.tab, keys.enter);
  await ui.sees(/new_user +\[x\] +\[x\]/);
  await ui.sees('2 of 2');

  // 11: sign out, and in as the new user.
  ui.type('m');
  await ui.sees('Sign out');
  ui.type(keys.up, keys.enter);
  await ui.sees('Sign in');
  ui.type('new_user', keys.enter, 'my own password', keys.enter);
  await ui.sees(/Admin Page +new_user · superuser/);
  await ui.sees(/new_user +\[x\] +\[x\]/);

  ui.type('q');
  expect(await ui.ended).toEqual({ code: 0, signal: 0 });
  expect(ui.leftBehind()).toEqual(untouched);
  expect(ui.bytes()).not.toMatch(/securepassword|my own password/);
  expect(await me.rows('select username, is_active, is_superuser from user order by username')).toEqual([
    { username: 'admin', is_active: 1, is_superuser: 1 },
    { username: 'new_user', is_active: 1, is_superuser: 1 },
  ]);
  expect(await me.rows('select name from folder')).toEqual([
    { name: 'My Projects' },
    { name: 'My Projects' },
  ]);
});
