import { chmodSync, chownSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { good, isRoot, type Newcomer, newcomer, program, runnableByAll } from '../support/program.ts';
import { keys, type Pty } from '../support/pty.ts';

const autoLogin = { LANGINFRA_AUTO_LOGIN: 'False' };
const made = newcomer(autoLogin);
beforeAll(async () => {
  expect(await made.run(['superuser', '--username', 'root'], { input: good })).toMatchObject({ code: 0 });
  await made.add('ada');
}, 60_000);
afterAll(() => made[Symbol.asyncDispose]());

/** Somebody with a database of their own, in which are root, a superuser, and ada. */
const withUsers = (settings: Record<string, string> = {}): Newcomer => {
  const me = newcomer({ ...autoLogin, ...settings });
  me.copyDatabaseOf(made);
  return me;
};

const prompt = 'Type the username to go on:';

/** Goes on and gives the code that is shown. */
const codeOn = async (ui: Pty, username: string): Promise<string> => {
  await ui.sees(prompt);
  ui.type(username, keys.enter);
  expect(await ui.ended).toMatchObject({ code: 0 });
  return /Sign-in code: (\S+)/.exec(ui.screen())?.[1] ?? '';
};

describe.concurrent('langinfra recover', () => {
  test('makes a code that signs in once, over HTTP too', async () => {
    await using me = withUsers();
    await using ui = me.terminal(['recover', 'ada'], { columns: 120 });
    const code = await codeOn(ui, 'ada');
    expect(ui.screen()).toContain(`Database: ${me.database}`);
    expect(ui.screen()).toMatch(
      /It signs ada in once, in place of the password, until \d{4}-\d\d-\d\d \d\d:\d\d UTC/,
    );

    const server = await me.serve();
    expect((await server.login('ada', code)).status).toBe(200);
    expect((await server.login('ada', code)).status).toBe(401);
    expect(JSON.stringify(server.said)).not.toContain(code);
  });

  test('is in the audit with its terminal, and why says until when the code counts', async () => {
    await using me = withUsers();
    const env = { SSH_CONNECTION: '192.0.2.7 50022 192.0.2.1 22' };
    await using ui = me.terminal(['recover', 'ada'], { env });
    const code = await codeOn(ui, 'ada');
    const { stdout } = await me.run(['audit', 'list', '--event', 'recovered', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      target: 'ada',
      door: 'command',
      origin: {
        osUser: expect.any(String),
        tty: expect.stringMatching(/^\/dev\//),
        ssh: '192.0.2.7 50022 192.0.2.1 22',
      },
    });
    expect(stdout).not.toContain(code);
    expect((await me.run(['why', 'ada'])).stdout).toMatch(
      /A code of langinfra recover signs ada in once until \d{4}-\d\d-\d\d \d\d:\d\d UTC/,
    );
  });

  test.each([
    ['another name', ['root', keys.enter]],
    ['nothing', [keys.enter]],
    ['ctrl-c', [keys.ctrl('c')]],
    ['ctrl-d', [keys.ctrl('d')]],
  ])('%s in place of the name changes nothing', async (_what, typed) => {
    await using me = withUsers();
    await using ui = me.terminal(['recover', 'ada']);
    await ui.sees(prompt);
    ui.type(...typed);
    expect(await ui.ended).toMatchObject({ code: 1 });
    expect(ui.screen()).toContain('langinfra: Stopped. Nothing was changed');
    expect(ui.screen()).not.toContain('Sign-in code');
    expect(await me.rows('select * from recovery')).toEqual([]);
  });

  test.each([
    ['stdin', '< /dev/null'],
    ['stdout', '> said; code=$?; cat said; (exit $code)'],
    ['stderr', '2> said; code=$?; cat said; (exit $code)'],
  ])('without a terminal on %s it is refused', async (_name, redirected) => {
    await using me = withUsers();
    const command = program.map(word => `'${word}'`).join(' ');
    await using ui = me.shell(`${command} recover ada ${redirected}; echo "exit $?"`);
    await ui.sees('langinfra: A recovery is for a person', 'exit 2');
    await ui.ended;
    expect(await me.rows('select * from recovery')).toEqual([]);
  });

  test.each([
    ['nobody', 4, 'There is no user nobody'],
    ['bob', 5, 'bob is not active, and a recovery does not change that. Activate it first: langinfra users'],
  ])('%s is refused before anything is asked', async (name, code, sentence) => {
    await using me = withUsers();
    await me.run(['users', 'add', 'bob', '--password-stdin'], { input: good });
    await using ui = me.terminal(['recover', name], { columns: 120 });
    expect(await ui.ended).toMatchObject({ code });
    expect(ui.screen()).toContain(`langinfra: ${sentence}`);
    expect(ui.screen()).not.toContain(prompt);
  });

  test('the automatic account is refused', async () => {
    await using me = withUsers();
    await using ui = me.terminal([], { env: { LANGINFRA_AUTO_LOGIN: 'True' } });
    await ui.sees('Admin Page');
    ui.type('q');
    await ui.ended;
    await using recovery = me.terminal(['recover', 'langinfra']);
    expect(await recovery.ended).toMatchObject({ code: 5 });
    expect(recovery.screen()).toContain('The automatic account stays as it is');
  });

  test('is off with LANGINFRA_ENABLE_RECOVERY=False, which config shows', async () => {
    await using me = withUsers({ LANGINFRA_ENABLE_RECOVERY: 'False' });
    await using ui = me.terminal(['recover', 'ada']);
    expect(await ui.ended).toMatchObject({ code: 5 });
    expect(ui.screen()).toContain('Nobody can be recovered here: LANGINFRA_ENABLE_RECOVERY is off');
    const { stdout, stderr } = await me.run(['config']);
    expect(stdout).toMatch(/^LANGINFRA_ENABLE_RECOVERY +False +the environment$/m);
    expect(stderr).not.toContain('RECOVERY');
  });

  test('without a database there is nobody to recover, and none is made', async () => {
    await using me = newcomer();
    await using ui = me.terminal(['recover', 'ada']);
    expect(await ui.ended).toMatchObject({ code: 7 });
    expect(existsSync(me.database)).toBe(false);
  });

  test.runIf(isRoot)('is for the owner of the database and for root, and for nobody else', async () => {
    await using me = withUsers();
    const [owner, other] = [54_321, 54_322];
    const { command } = runnableByAll(me);
    const as = (uid: number, args: string[]) =>
      me.terminal(args, {
        columns: 120,
        command: ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', ...command],
      });
    const paths = [me.configDir, ...readdirSync(me.configDir).map(name => join(me.configDir, name))];
    for (const path of paths) chownSync(path, owner, owner);
    for (const path of ['.local', '.local/share']) chmodSync(join(me.home, path), 0o755);

    await using stranger = as(other, ['recover', 'ada']);
    expect(await stranger.ended).toMatchObject({ code: 5 });
    expect(stranger.screen()).toContain(
      `langinfra: Only root and the owner of ${me.configDir} can recover somebody`,
    );
    expect(await me.rows('select * from recovery')).toEqual([]);

    await using theirs = as(owner, ['recover', 'ada']);
    expect(await codeOn(theirs, 'ada')).not.toBe('');
    await using roots = me.terminal(['recover', 'ada']);
    expect(await codeOn(roots, 'ada')).not.toBe('');
  });
});
