import { expect, test } from 'vitest';
import { openOwnDoor } from '../support/own-ssh.ts';
import { endedWith, freePort, good, newcomer } from '../support/program.ts';
import { eventually, keys, untouched } from '../support/pty.ts';

/** The door on a database with the superuser root, who has the client's key, and ada, who may sign in. */
const openHost = async (args: readonly string[] = []) => {
  const me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False' });
  await me.run(['superuser', '--username', 'root'], { input: good });
  await me.add('ada');
  const door = await openOwnDoor(me, args);
  const added = await me.run(['users', 'keys', 'add', 'root', door.publicKeyFile]);
  expect(added).toMatchObject({ code: 0 });
  return {
    me,
    door,
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]();
      await me[Symbol.asyncDispose]();
    },
  };
};

const byPassword = ['-o', 'PubkeyAuthentication=no', '-o', 'NumberOfPasswordPrompts=1'];

test('the fingerprint that is told is the one that the client sees', async () => {
  await using host = await openHost();
  const { stdout } = await host.me.run(['ssh', 'fingerprint']);
  const fingerprint = stdout.split(' ')[0] ?? '';
  expect(fingerprint).toMatch(/^SHA256:/);
  expect(host.door.said()).toContain(`host key ${fingerprint}`);
  const { stderr } = await host.door.sshInScript(['-v', 'door', 'users', 'list']);
  expect(stderr).toContain(`Server host key: ssh-ed25519 ${fingerprint}`);
});

test('strict key exchange is spoken with a client that knows it', async () => {
  await using host = await openHost();
  const { stderr } = await host.door.sshInScript(['-vv', 'door', 'users', 'list']);
  expect(stderr).toContain('kex-strict-s-v00@openssh.com');
});

test('somebody comes with a key, changes something and quits, and the terminal is as before', async () => {
  await using host = await openHost();
  await using ui = host.door.sshUnderShell(['door']);
  await ui.sees('Admin Page', /› ada +\[x\]/);
  ui.type('a');
  await ui.sees('ada is not active any more');
  ui.type('q');
  await ui.sees(endedWith(0));
  await ui.ended;
  expect(ui.leftBehind()).toEqual(untouched);
  await eventually(async () => expect(await host.me.rows('select * from session')).toEqual([]));
});

test('a password is asked for by questions, and what is refused is said', async () => {
  await using host = await openHost();
  await using ui = host.door.ssh([...byPassword, 'ada@door']);
  await ui.sees('Password:');
  ui.type(good, keys.enter);
  await ui.sees('Profile');
  ui.type('q');
  expect(await ui.ended).toMatchObject({ code: 0 });
  await using refused = host.door.ssh([...byPassword, 'nobody@door']);
  await refused.sees('Password:');
  refused.type('wrong', keys.enter);
  await refused.sees('Incorrect username or password');
  expect(refused.bytes()).not.toContain('wrong');
});

test('in a script a password comes from SSH_ASKPASS, and a command gives its exit code', async () => {
  await using host = await openHost();
  const asRoot = [...byPassword, 'root@door'];
  const listed = await host.door.sshInScript([...asRoot, 'users', 'list', '--json'], '', good);
  expect(listed).toMatchObject({ code: 0 });
  expect(JSON.parse(listed.stdout)).toMatchObject({ total_count: 2 });
  const denied = await host.door.sshInScript([...byPassword, 'ada@door', 'users', 'list'], '', good);
  expect(denied).toMatchObject({ code: 5, stdout: '' });
  const unknown = await host.door.sshInScript(['door', 'users', 'show', 'nobody']);
  expect(unknown).toMatchObject({ code: 4, stderr: expect.stringContaining('There is no user nobody') });
  const out = await host.door.sshInScript([...asRoot, 'users', 'list'], '', 'wrong');
  expect(out.code).toBe(255);
});

test('a password of somebody else comes from stdin, and a long list through a pipe that closes', async () => {
  await using host = await openHost();
  const changed = await host.door.sshInScript(
    ['door', 'users', 'passwd', 'ada', '--password-stdin'],
    'another horse battery\n',
  );
  expect(changed).toMatchObject({ code: 0, stdout: expect.stringContaining('ada has a new password') });
  const { stdout } = await host.door.run([
    'bash',
    '-c',
    `ssh -F ${host.door.config} door audit list --all | head -1`,
  ]);
  expect(stdout).toContain('signed in');
});

test('without a terminal the console says what it needs', async () => {
  await using host = await openHost();
  const { code, stdout, stderr } = await host.door.sshInScript(['-T', 'door']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('langinfra: The console needs a terminal: ssh -t');
});

test('there is no sftp, no forwarding and no agent', async () => {
  await using host = await openHost();
  const sftp = await host.door.run(['sftp', '-F', host.door.config, '-b', '-', 'door'], 'ls\n');
  expect(sftp.code).not.toBe(0);
  expect(sftp.stderr).toContain('There are no files and no shell here');
  const listening = await host.door.sshInScript([
    ...['-o', 'ExitOnForwardFailure=yes', '-R', '0:127.0.0.1:1', 'door', 'users', 'list'],
  ]);
  expect(listening.code).toBe(255);
  expect(listening.stderr).toContain('forwarding failed');
  const through = await host.door.sshInScript(['-W', `127.0.0.1:${host.door.port}`, 'door']);
  expect(through.stderr).toContain('administratively prohibited: Nothing is forwarded here');
  const agent = await host.door.sshInScript(['-A', '-X', 'door', 'users', 'list']);
  expect(agent.code).toBe(0);
});

test('a client that speaks old algorithms only is refused, and the log says why', async () => {
  await using host = await openHost();
  const old: Record<string, string> = {
    KexAlgorithms: 'diffie-hellman-group14-sha1',
    Ciphers: 'aes128-cbc',
    HostKeyAlgorithms: 'ssh-rsa',
  };
  for (const [option, value] of Object.entries(old)) {
    const { code } = await host.door.sshInScript(['-o', `${option}=${value}`, 'door', 'users', 'list']);
    expect(code).toBe(255);
  }
  await eventually(() =>
    expect(host.door.said().match(/"reason":"Handshake failed: no matching/g)).toHaveLength(3),
  );
});

test('when the server stops, every client has its screen back and exits with 0', async () => {
  await using host = await openHost();
  await using one = host.door.sshUnderShell(['door']);
  await using other = host.door.sshUnderShell(['door']);
  await one.sees('Admin Page');
  await other.sees('Admin Page');
  host.door.signal('SIGTERM');
  for (const ui of [one, other]) {
    await ui.sees(endedWith(0));
    await ui.ended;
    expect(ui.leftBehind()).toEqual(untouched);
  }
  expect(await host.door.ended).toBe(0);
  expect(await host.me.rows('select * from session')).toEqual([]);
});

test('who is deactivated is out at once, and is told why', async () => {
  await using host = await openHost();
  await using ui = host.door.sshUnderShell([...byPassword, 'ada@door']);
  await ui.sees('Password:');
  ui.type(good, keys.enter);
  await ui.sees('Profile');
  await host.me.run(['users', 'deactivate', 'ada']);
  await ui.sees('Your session has ended', endedWith(6));
  await ui.ended;
  expect(ui.leftBehind()).toEqual(untouched);
});

test('another size of the window of the client comes through', async () => {
  await using host = await openHost();
  await using ui = host.door.ssh(['door'], { columns: 100, rows: 30 });
  await ui.sees(/^ Langinfra › Admin Page/, 'Last login', /quit$/);
  ui.resize({ columns: 60, rows: 15 });
  await ui.sees(/^Langinfra needs 80x24; this terminal is 60x15\. q quits\.$/);
  ui.resize({ columns: 200, rows: 60 });
  await ui.sees(/^ Langinfra › Admin Page/, /quit$/);
  expect(ui.screen().split('\n')).toHaveLength(60);
});

test('both doors in one process', async () => {
  const port = await freePort();
  await using host = await openHost(['--headless', '--port', String(port)]);
  const health = await fetch(`http://127.0.0.1:${port}/health`);
  expect(health.status).toBe(200);
  expect(await host.door.sshInScript(['door', 'users', 'list'])).toMatchObject({ code: 0 });
});
