import { describe, expect, test } from 'vitest';
import { type OpenOptions, openAccounts, outcomeOf, usual } from '../support/accounts.ts';
import { keys, openTestConsole, signInAs, type TestConsole } from '../support/console.tsx';

const { enter, tab, esc, up, ctrl } = keys;
const open = async (settings: OpenOptions['settings'] = { enableSignup: true }) => {
  const t = await openAccounts({ settings });
  await t.add('root', { isSuperuser: true });
  return t;
};
const openForm = async (ui: TestConsole) => {
  await ui.sees('[ Sign up ]');
  await ui.press(up, enter);
  await ui.sees('Confirm Password');
};
const fill = (ui: TestConsole, username: string, password = usual, confirm = password) =>
  ui.burst(keys.paste(username), tab, keys.paste(password), tab, keys.paste(confirm));
/** What stands below the field of that label. */
const below = (ui: TestConsole, label: string) => {
  const lines = ui.lines();
  return lines[lines.findIndex(line => line.includes(` ${label} `)) + 1]?.trim();
};

describe('Sign up on the login screen', () => {
  test('is there only where people may sign up', async () => {
    await using t = await open({});
    await using ui = await openTestConsole(t);
    await ui.sees('[ Sign in ]');
    expect(ui.screen()).not.toContain('Sign up');
  });

  test('makes an account that waits, and leads back to the login screen, which says so', async () => {
    await using t = await open();
    await using ui = await openTestConsole(t);
    await openForm(ui);
    expect(ui.screen()).toContain('Before you can sign in, a superuser activates the account.');
    fill(ui, 'ada');
    await ui.press(tab, enter);
    await ui.sees('Waiting for approval: a superuser has to activate ada');
    await ui.sees('[ Sign in ]');
    expect(await t.rows("select is_active, is_superuser from user where username = 'ada'")).toEqual([
      { is_active: 0, is_superuser: 0 },
    ]);
    await signInAs(ui, 'ada', usual);
    await ui.until(() => below(ui, 'Password')).toBe('Waiting for approval');
  });

  test('makes one that can sign in at once where new users are active', async () => {
    await using t = await open({ enableSignup: true, newUserIsActive: true });
    await using ui = await openTestConsole(t);
    await openForm(ui);
    expect(ui.screen()).not.toContain('Before you can');
    fill(ui, 'ada');
    await ui.press(ctrl('s'));
    await ui.sees('ada can sign in now');
    await signInAs(ui, 'ada', usual);
    await ui.sees('Langinfra › Profile');
  });

  test.each([
    ['Username', 'This username is unavailable.', ['ROOT', usual, usual]],
    ['Username', 'The name langinfra is reserved for automatic sign-in', ['langinfra', usual, usual]],
    ['Password', 'A password has at least 8 characters', ['ada', 'short', 'short']],
    ['Confirm Password', 'The two passwords are not the same', ['ada', usual, `${usual}!`]],
  ] as const)('says next to %s: %s', async (label, words, [username, password, confirm]) => {
    await using t = await open();
    await using ui = await openTestConsole(t);
    await openForm(ui);
    fill(ui, username, password, confirm);
    await ui.press(ctrl('s'));
    await ui.sees(words);
    const lines = ui.lines();
    const at = lines.findIndex(line => line.includes(words));
    expect(lines[at - 1]).toMatch(new RegExp(`› ${label} `));
    // What was typed stays.
    expect(ui.screen()).toMatch(new RegExp(`Username +${username}`));
    expect(ui.screen()).toMatch(/ Password +[•*]{5,}/);
    expect(await t.rows('select id from user')).toHaveLength(1);
  });

  test('that esc or Cancel leaves makes nothing, and is empty when it is opened again', async () => {
    await using t = await open();
    await using ui = await openTestConsole(t);
    for (const leave of [[esc], [tab, tab, enter]]) {
      await openForm(ui);
      fill(ui, 'ada');
      await ui.press(...leave);
      await ui.sees('[ Sign in ]');
      await ui.seesNot('Confirm Password');
    }
    await openForm(ui);
    expect(ui.screen()).toMatch(/› Username +$/m);
    expect(await t.rows('select id from user')).toHaveLength(1);
  });

  test('says where too many wait already', async () => {
    await using t = await open();
    await t.rows(`with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 1000)
      insert into user (id, username, username_fold, password, is_active, is_superuser, create_at, updated_at)
      select printf('%032d', n), 'p' || n, 'p' || n, '', 0, 0, '2026-01-01', '2026-01-01' from numbers`);
    await using ui = await openTestConsole(t);
    await openForm(ui);
    fill(ui, 'ada');
    await ui.press(ctrl('s'));
    await ui.sees(/Too many accounts wait for approval already\. Ask a\s+superuser to go through them/);
    expect(ui.screen()).toMatch(/Username +ada/);
  });

  test('in letters of several scripts is a name of somebody else, who is told of it when it is approved', async () => {
    await using t = await open();
    await using ui = await openTestConsole(t);
    await openForm(ui);
    fill(ui, 'rооt');
    await ui.press(ctrl('s'));
    await ui.sees('a superuser has to activate rооt');
    expect(await outcomeOf(t.signIn('rооt'))).toBe('waiting_for_approval');
  });

  test('sends nothing typed while it is saved to the login screen', async () => {
    await using t = await open();
    await using ui = await openTestConsole(t);
    await openForm(ui);
    fill(ui, 'ada');
    ui.burst(ctrl('s'), 'typed on');
    await ui.sees('Waiting for approval: a superuser');
    expect(ui.screen()).toMatch(/› Username +$/m);
  });

  test('is said line by line to who listens', async () => {
    await using t = await open();
    await using ui = await openTestConsole(t, { linear: true });
    await ui.sees('Langinfra');
    await ui.press(up);
    await ui.sees(/Sign up, button/);
    await ui.press(enter);
    await ui.sees(/^Sign up\.$/m);
    await ui.sees('Before you can sign in, a superuser activates the account.');
    fill(ui, 'ada', usual, 'another');
    await ui.press(ctrl('s'));
    await ui.sees('Confirm Password: The two passwords are not the same');
    await ui.press(ctrl('u'));
    ui.burst(keys.paste(usual), ctrl('s'));
    await ui.sees('Waiting for approval: a superuser has to activate ada');
    expect(ui.screen()).not.toContain(usual);
  });
});
