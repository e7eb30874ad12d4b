import { describe, expect, test } from 'vitest';
import { endedWith, good, newcomer, program } from '../support/program.ts';
import { keys, openPty } from '../support/pty.ts';

const made = 'Default folder created successfully.\nSuperuser created successfully.\n';
const everybody = 'select username, password, is_active, is_superuser, version from user';

describe.concurrent('langinfra superuser on a terminal', () => {
  test('is the transcript of the documentation to the letter', async () => {
    await using me = newcomer();
    await using ui = me.terminal(['superuser']);
    await ui.sees(/^Username:$/);
    ui.type('new_superuser_1', keys.enter);
    await ui.sees(/^Password:$/);
    ui.type('top secret words', keys.enter);
    expect(await ui.ended).toEqual({ code: 0, signal: 0 });
    const transcript = [
      'Username: new_superuser_1',
      'Password:',
      'Default folder created successfully.',
      'Superuser created successfully.',
    ];
    expect(ui.screen()).toBe(transcript.join('\n'));
    expect(ui.bytes()).not.toContain('secret');

    const server = await me.serve([], { LANGINFRA_AUTO_LOGIN: 'False' });
    expect(await server.login('new_superuser_1', 'top secret words')).toMatchObject({ status: 200 });
  });

  test('does not show the password where both answers are typed before it asks for the second', async () => {
    await using me = newcomer();
    await using ui = me.underShell(['superuser']);
    await ui.sees('Username:');
    ui.type('ada', keys.enter, 'top secret words', keys.enter);
    await ui.sees('Username: ada', 'Password:', 'Superuser created successfully.', endedWith(0));
    expect(ui.bytes()).not.toContain('secret');
    await ui.ended;
  });

  test('shows what was typed of the username before it asked', async () => {
    await using me = newcomer();
    await using ui = me.terminal(['superuser']);
    ui.type('ada');
    await ui.sees('Username: ada');
    ui.type(keys.ctrl('c'));
    await ui.ended;
  });

  test.each([
    ['ctrl-c', 'Username:', keys.ctrl('c')],
    ['ctrl-d', 'Username:', keys.ctrl('d')],
    ['ctrl-c', 'Password:', keys.ctrl('c')],
    ['ctrl-d', 'Password:', keys.ctrl('d')],
  ])('%s at %s stops: exit 1, nothing made, the terminal as it was', async (_key, prompt, key) => {
    await using me = newcomer();
    const before = me.everything();
    await using ui = me.underShell(['superuser']);
    await ui.sees('Username:');
    if (prompt === 'Password:') ui.type('ada', keys.enter);
    await ui.sees(prompt);
    ui.type(key);
    await ui.sees('langinfra: Stopped. Nothing was changed', endedWith(1));
    await ui.ended;
    expect(me.everything()).toEqual(before);
  });

  test.each([
    ['Username:', ['bob', keys.ctrl('z'), 'by', keys.enter, 'top secret words', keys.enter]],
    ['Password:', ['bobby', keys.enter, 'top sec', keys.ctrl('z'), 'ret words', keys.enter]],
  ])('ctrl-z at %s does nothing: what follows is not shown either', async (prompt, typed) => {
    await using me = newcomer();
    // As a job of a shell, which a ctrl-z could stop.
    await using ui = openPty(['bash', '--norc', '--noprofile', '-i'], {
      cwd: me.home,
      env: { ...me.env, PS1: 'shell$ ', HISTFILE: '' },
    });
    await ui.sees('shell$');
    ui.type(program.map(word => `'${word}'`).join(' '), ' superuser', keys.enter);
    await ui.sees('Username:');
    for (const key of typed) {
      ui.type(key);
      if (key === keys.enter) await ui.sees('Password:');
    }
    await ui.sees(prompt, 'Superuser created successfully.', 'shell$');
    expect(ui.bytes()).not.toMatch(/sec|words|Stopped|await/);
    expect(await me.rows('select username from user')).toEqual([{ username: 'bobby' }]);
  });

  test('a name that cannot be is refused before anybody types a password for it', async () => {
    await using me = newcomer();
    await using ui = me.underShell(['superuser', '--username', 'langinfra']);
    await ui.sees('langinfra: The name langinfra is reserved for automatic sign-in', endedWith(5));
    await ui.ended;
    expect(ui.screen()).not.toContain('Password');
  });

  test('asks again after a username and a password that cannot be', async () => {
    await using me = newcomer();
    await using ui = me.terminal(['superuser']);
    await ui.sees('Username:');
    ui.type('langinfra', keys.enter);
    await ui.sees('The name langinfra is reserved for automatic sign-in.', /^Username:$/);
    ui.type('ada', keys.enter);
    await ui.sees('Password:');
    ui.type('short', keys.enter);
    await ui.sees('A password has at least 8 characters.', /^Password:$/);
    ui.type(good, keys.enter);
    expect(await ui.ended).toEqual({ code: 0, signal: 0 });
  });

  test('asks before it changes somebody who exists, and no changes nothing', async () => {
    await using me = newcomer();
    await me.run(['superuser', '--username', 'root'], { input: good });
    await me.add('ada');
    const before = await me.rows(everybody);
    await using ui = me.underShell(['superuser']);
    await ui.sees('Username:');
    ui.type('ADA', keys.enter);
    await ui.sees('ADA exists. Make it an active superuser with a new password? [y/N]');
    ui.type(keys.enter);
    await ui.sees('Stopped. Nothing was changed', endedWith(1));
    await ui.ended;
    expect(await me.rows(everybody)).toEqual(before);
  });

  test('makes somebody who exists an active superuser with the new password, after yes', async () => {
    await using me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False' });
    await me.run(['superuser', '--username', 'root'], { input: good });
    await me.add('ada');
    await me.run(['users', 'deactivate', 'ada']);
    await using ui = me.terminal(['superuser']);
    await ui.sees('Username:');
    ui.type('ada', keys.enter);
    await ui.sees('[y/N]');
    ui.type('y', keys.enter);
    await ui.sees('Password:');
    ui.type('another password', keys.enter);
    await ui.sees('Superuser updated successfully.');
    expect(await ui.ended).toEqual({ code: 0, signal: 0 });
    const server = await me.serve();
    expect((await server.login('ada', 'another password')).status).toBe(200);
    expect((await server.login('ada', good)).status).toBe(401);
    expect(await me.rows(`${everybody} where username = 'ada'`)).toMatchObject([
      { is_active: 1, is_superuser: 1 },
    ]);
  });
});

describe.concurrent('langinfra superuser in a script', () => {
  test('reads the two answers as lines, and prints the two sentences alone on stdout', async () => {
    await using me = newcomer();
    const outcome = await me.run(['superuser'], { input: `ada\n${good}\n` });
    expect(outcome).toEqual({ code: 0, stdout: made, stderr: '' });
    expect(await me.rows(everybody)).toMatchObject([{ username: 'ada', is_active: 1, is_superuser: 1 }]);
  });

  test('takes the name from --username and the password from --password-stdin', async () => {
    await using me = newcomer();
    const outcome = await me.run(['superuser', '--username', 'ada', '--password-stdin'], { input: good });
    expect(outcome).toEqual({ code: 0, stdout: made, stderr: '' });
  });

  test('does not touch a name that exists: exit 3', async () => {
    await using me = newcomer();
    await me.run(['superuser'], { input: `ada\n${good}\n` });
    const before = await me.rows(everybody);
    const outcome = await me.run(['superuser'], { input: 'Ada\nanother password\n' });
    expect(outcome).toEqual({
      code: 3,
      stdout: '',
      stderr:
        'langinfra: The user ada already exists. To make it a superuser with this password, add --update\n',
    });
    expect(await me.rows(everybody)).toEqual(before);
  });

  test('with --update makes it one, with the new password', async () => {
    await using me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False' });
    await me.run(['superuser'], { input: `ada\n${good}\n` });
    const outcome = await me.run(['superuser', '--username', 'ada', '--update'], {
      input: 'another password',
    });
    expect(outcome).toEqual({ code: 0, stdout: 'Superuser updated successfully.\n', stderr: '' });
    const server = await me.serve();
    expect((await server.login('ada', 'another password')).status).toBe(200);
    expect((await server.login('ada', good)).status).toBe(401);
  });

  test.each([
    ['a password that is too short', `ada\nshort\n`, 5, 'A password has at least 8 characters'],
    [
      'a name that cannot be',
      `a\tda\n${good}\n`,
      5,
      'A username has no control, invisible or broken characters',
    ],
    ['no answers', '', 2, 'No username came from stdin. Pipe one in'],
    ['one answer', 'ada\n', 2, 'No password came from stdin. Pipe one in'],
    [
      'what is no text',
      Buffer.from('ada\ncorrect \xff\n', 'latin1'),
      2,
      'What came from stdin is not valid UTF-8',
    ],
  ])('makes nothing of %s', async (_what, input, code, sentence) => {
    await using me = newcomer();
    const before = me.everything();
    expect(await me.run(['superuser'], { input })).toEqual({
      code,
      stdout: '',
      stderr: `langinfra: ${sentence}\n`,
    });
    expect(me.everything()).toEqual(before);
  });

  test('started without the env file of last time stops with exit 8 and names that file', async () => {
    await using me = newcomer();
    const file = me.file('my.env', 'LANGINFRA_SECRET_KEY=a long and private key of this very test\n');
    const first = await me.run(['superuser', '--env-file', 'my.env'], { input: `ada\n${good}\n` });
    expect(first).toEqual({ code: 0, stdout: made, stderr: '' });
    const before = me.everything();

    const outcome = await me.run(['superuser'], { input: `bob\n${good}\n` });
    expect(outcome).toMatchObject({ code: 8, stdout: '' });
    expect(outcome.stderr).toMatch(/^langinfra: The secret key does not match the database/);
    expect(outcome.stderr).toContain(`Start with: --env-file ${file}. To go over to another key`);
    expect(outcome.stderr).not.toMatch(/password.*wrong|Incorrect/);
    expect(me.everything()).toEqual(before);

    const again = await me.run(['superuser', '--env-file', 'my.env'], { input: `bob\n${good}\n` });
    expect(again).toMatchObject({ code: 0 });
  });
});
