import { expect, test } from 'vitest';
import { good, newcomer } from '../support/program.ts';

/** A server at which root and ada are signed in, ada twice. */
const signedIn = async () => {
  const me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False' });
  await me.run(['superuser', '--username', 'root'], { input: good });
  await me.add('ada');
  const server = await me.serve();
  const [root, first, second] = [
    await server.bearer('root'),
    await server.bearer('ada'),
    await server.bearer('ada'),
  ];
  const listed = async (...flags: string[]): Promise<{ id: string; username: string }[]> =>
    JSON.parse((await me.run(['sessions', 'list', '--json', ...flags])).stdout).sessions;
  return {
    me,
    listed,
    tokens: { root, first, second },
    whoami: async (bearer: string) => (await server.call('GET /api/v1/users/whoami', { bearer })).status,
    [Symbol.asyncDispose]: () => me[Symbol.asyncDispose](),
  };
};

test('langinfra sessions list shows who is signed in, the newest first', async () => {
  await using it = await signedIn();
  const { code, stdout, stderr } = await it.me.run(['sessions', 'list']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const minute = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d`;
  const [head = '', ...lines] = stdout.trimEnd().split('\n');
  expect(head).toMatch(/^ID +USERNAME +DOOR +SINCE \(UTC\) +LAST SEEN \(UTC\) +EXPIRES \(UTC\) +FROM$/);
  expect(lines.map(line => line.split(/ +/)[1])).toEqual(['ada', 'ada', 'root']);
  expect(lines[0]).toMatch(
    new RegExp(String.raw`^[\da-f]{8}-[\da-f-]{27}  ada +HTTP +${minute}  ${minute}  ${minute}`),
  );
  expect((await it.listed('--user', 'ROOT')).map(({ username }) => username)).toEqual(['root']);
  expect((await it.listed())[0]).toMatchObject({ username: 'ada', door: 'http' });
  expect(stdout + JSON.stringify(await it.listed())).not.toContain('eyJ');
});

test('langinfra sessions end ends one, those of a user, or all', async () => {
  await using it = await signedIn();
  const { me, tokens, whoami } = it;
  /** Another process than the one that ended it knows within a second. */
  const isOut = (token: string) => expect.poll(() => whoami(token)).toBe(401);
  const [newest] = await it.listed();
  const database = `Database: ${me.database}\n`;
  expect(await me.run(['sessions', 'end', newest?.id ?? '', '--dry-run'])).toEqual({
    code: 0,
    stdout: 'Dry run: The session of ada was ended\n',
    stderr: `Dry run: ${me.database} was not changed\n`,
  });
  expect(await whoami(tokens.second)).toBe(200);
  expect(await me.run(['sessions', 'end', newest?.id ?? ''])).toEqual({
    code: 0,
    stdout: 'The session of ada was ended\n',
    stderr: database,
  });
  await isOut(tokens.second);
  expect(await whoami(tokens.first)).toBe(200);
  const ofAda = await me.run(['sessions', 'end', '--user', 'ada', '--yes', '--json']);
  expect(ofAda).toMatchObject({ code: 0, stderr: database });
  expect(JSON.parse(ofAda.stdout)).toMatchObject({ sessions: [{ username: 'ada' }], dry_run: false });
  await isOut(tokens.first);
  expect(await whoami(tokens.root)).toBe(200);
  expect((await me.run(['sessions', 'end', '--all', '-y'])).stdout).toBe('The session of root was ended\n');
  await isOut(tokens.root);
  expect((await me.run(['sessions', 'end', '--all', '-y'])).stdout).toBe('There was no session to end\n');
  expect(await me.run(['sessions', 'list'])).toEqual({
    code: 0,
    stdout: '',
    stderr: 'Nobody is signed in\n',
  });
  expect((await me.run(['audit', 'list', '--event', 'session_ended'])).stdout.split('\n')).toHaveLength(4);
});

test('what the sessions commands refuse', async () => {
  await using it = await signedIn();
  const outcome = async (...args: string[]) => {
    const { code, stdout, stderr } = await it.me.run(['sessions', ...args]);
    expect(stdout).toBe('');
    return [code, stderr] as const;
  };
  const which = 'langinfra: Say which: the id of a session, --user or --all\n';
  expect(await outcome('end')).toEqual([2, which]);
  expect(await outcome('end', '0a', '--all')).toEqual([2, which]);
  expect(await outcome('end', '--all')).toEqual([2, expect.stringMatching(/add --yes to go on/)]);
  expect(await outcome('end', '--user', 'nobody', '-y')).toEqual([4, 'langinfra: There is no user nobody\n']);
  expect(await outcome('list', '--user', 'nobody')).toEqual([4, 'langinfra: There is no user nobody\n']);
  expect(await outcome('end', 'ada')).toEqual([
    4,
    'langinfra: There is no such session: it may have ended\n',
  ]);
  expect(await it.listed()).toHaveLength(3);
});

test('on a terminal it asks before it ends several', async () => {
  await using it = await signedIn();
  const terminal = it.me.terminal(['sessions', 'end', '--user', 'ada']);
  await terminal.sees('End all sessions of ada? [y/N]');
  terminal.type('n\r');
  expect(await terminal.ended).toMatchObject({ code: 1 });
  expect(await it.listed()).toHaveLength(3);
});
