import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { TOTP } from 'otpauth';
import ssh2, { type ConnectConfig } from 'ssh2';
import { expect, test } from 'vitest';
import { operator, usual } from '../../support/accounts.ts';
import { exec, openChannel, openDoor, openShell, type TestDoor } from '../../support/ssh-door.ts';
import { newKeyPair } from '../../support/ssh-keys.ts';

/** Signs in by keyboard-interactive with these answers, one after the other, and gives all that was asked and said. */
const answering = (door: TestDoor, answers: readonly string[], config: ConnectConfig = {}) => {
  const said: string[] = [];
  const left = [...answers];
  const client = new ssh2.Client();
  client.on('keyboard-interactive', (_name, instructions, _lang, prompts, finish) => {
    if (instructions) said.push(instructions);
    said.push(...prompts.map(({ prompt, echo }) => `${prompt}${echo ? ' (shown)' : ''}`));
    finish(prompts.map(() => left.shift() ?? ''));
  });
  const outcome = new Promise<'in' | 'out'>(resolve => {
    client.on('ready', () => resolve('in'));
    client.on('error', () => resolve('out'));
    client.on('close', () => resolve('out'));
  });
  client.connect({
    host: '127.0.0.1',
    port: door.port,
    username: 'ada',
    tryKeyboard: true,
    authHandler: ['keyboard-interactive'],
    ...config,
  } as ConnectConfig);
  return { client, said, outcome, [Symbol.dispose]: () => void client.destroy() };
};

/** Why sign-ins were refused. That clients are told is in test/ssh: this one does not show what it need not answer. */
const reasons = (door: TestDoor) =>
  door.logged().flatMap(({ msg, reason }) => (msg === 'sign-in refused' ? [reason] : []));

test('a password is asked for and not shown', async () => {
  await using door = await openDoor();
  using come = answering(door, [usual]);
  expect(await come.outcome).toBe('in');
  expect(come.said).toEqual(['Password: ']);
});

test('a wrong password and an unknown name are answered the same', async () => {
  await using door = await openDoor();
  for (const username of ['ada', 'nobody']) {
    using come = answering(door, ['wrong'], { username });
    expect(await come.outcome).toBe('out');
    expect(come.said).toEqual(['Password: ']);
    expect(reasons(door).at(-1)).toBe('bad_credentials');
  }
});

test('who waits for approval, or is not active, is told after the right password only', async () => {
  await using door = await openDoor();
  await door.add('pending', { isActive: false });
  using right = answering(door, [usual], { username: 'pending' });
  expect(await right.outcome).toBe('out');
  expect(reasons(door)).toEqual(['waiting_for_approval']);
  using wrong = answering(door, ['wrong'], { username: 'pending' });
  expect(await wrong.outcome).toBe('out');
  expect(reasons(door).at(-1)).toBe('bad_credentials');
});

test('who fails too often is held up, from that address', async () => {
  await using door = await openDoor();
  for (let count = 0; count < 5; count += 1) {
    using come = answering(door, ['wrong']);
    await come.outcome;
  }
  using held = answering(door, [usual]);
  expect(await held.outcome).toBe('out');
  expect(reasons(door).at(-1)).toBe('too_many_attempts');
});

test('one connection has six tries', async () => {
  await using door = await openDoor();
  let tries = 0;
  const client = new ssh2.Client();
  const closed = new Promise<void>(resolve => client.on('close', () => resolve()));
  client.on('error', () => {});
  client.connect({
    host: '127.0.0.1',
    port: door.port,
    username: 'nobody',
    authHandler: (_methods, _partial, next) => {
      tries += 1;
      next({ type: 'password', username: 'nobody', password: `guess ${tries}` });
    },
  } as ConnectConfig);
  await closed;
  // The first of them asks what there is.
  expect(tries).toBeLessThanOrEqual(7);
  expect(door.log()).toContain('too many tries');
});

const setUpCodes = async (door: TestDoor) => {
  const { actor } = await door.signIn('ada');
  const enrolment = await door.accounts.secondStep.begin(actor, usual);
  const totp = new TOTP({ secret: enrolment.secret });
  const codeAt = (seconds: number) => totp.generate({ timestamp: door.clock().getTime() + seconds * 1000 });
  await enrolment.confirm(codeAt(0));
  door.pass(60);
  const now = () => codeAt(0);
  const next = () => {
    door.pass(60);
    return now();
  };
  return Object.assign(next, { now });
};

test('a one-time code is asked for after the password', async () => {
  await using door = await openDoor();
  const nextCode = await setUpCodes(door);
  using come = answering(door, [usual, nextCode()]);
  expect(await come.outcome).toBe('in');
  expect(come.said).toEqual(['Password: ', 'One-time code: ']);
});

test('a wrong one-time code lets nobody in, nor does the password alone', async () => {
  await using door = await openDoor();
  await setUpCodes(door);
  using come = answering(door, [usual, '000000']);
  expect(await come.outcome).toBe('out');
  expect(reasons(door)).toEqual(['one_time_code_wrong']);
  await expect(door.connect({ username: 'ada', tryKeyboard: false })).rejects.toThrow();
  expect(await door.rows("select * from session where door = 'ssh'")).toEqual([]);
});

test('after the password method, and after a key, the code is asked for by questions', async () => {
  await using door = await openDoor();
  const { privateKey, line } = newKeyPair();
  await door.accounts.sshKeys.add(operator, door.ada.id, line);
  const nextCode = await setUpCodes(door);
  using byPassword = answering(door, [nextCode()], {
    password: usual,
    authHandler: ['password', 'keyboard-interactive'],
  });
  expect(await byPassword.outcome).toBe('in');
  expect(byPassword.said).toEqual(['One-time code: ']);
  using byKey = answering(door, [nextCode()], {
    privateKey,
    authHandler: ['publickey', 'keyboard-interactive'],
  });
  expect(await byKey.outcome).toBe('in');
  expect(byKey.said).toEqual(['One-time code: ']);
});

test('a one-time code signs in once, and wrong ones hold up, after a password as after a key', async () => {
  await using door = await openDoor();
  const { privateKey, line } = newKeyPair();
  await door.accounts.sshKeys.add(operator, door.ada.id, line);
  const nextCode = await setUpCodes(door);
  const used = nextCode();
  const byKey = (...codes: string[]) =>
    answering(door, codes, {
      privateKey,
      authHandler: ['publickey', 'keyboard-interactive'],
    } as ConnectConfig);
  using come = byKey(used);
  expect(await come.outcome).toBe('in');
  using again = byKey(used);
  expect(await again.outcome).toBe('out');
  using byPassword = answering(door, [usual, used]);
  expect(await byPassword.outcome).toBe('out');
  expect(reasons(door)).toEqual(['one_time_code_wrong', 'one_time_code_wrong']);
  for (let count = 0; count < 3; count += 1) {
    using wrong = byKey('000000');
    await wrong.outcome;
  }
  using held = byKey(nextCode.now());
  expect(await held.outcome).toBe('out');
  expect(reasons(door).at(-1)).toBe('too_many_attempts');
  using waited = byKey(nextCode());
  expect(await waited.outcome).toBe('in');
});

test("a key that is not known, somebody else's, or of an unknown name is refused", async () => {
  await using door = await openDoor();
  const { privateKey, line } = newKeyPair();
  await door.accounts.sshKeys.add(operator, door.ada.id, line);
  const come = (username: string, key = privateKey) =>
    door.connect({ username, privateKey: key, authHandler: ['publickey'] } as ConnectConfig);
  await expect(come('root')).rejects.toThrow();
  await expect(come('nobody')).rejects.toThrow();
  await expect(come('ada', newKeyPair().privateKey)).rejects.toThrow();
  await come('ada');
});

test('keys of every kind that is taken sign in', async () => {
  await using door = await openDoor();
  for (const pair of [newKeyPair('ecdsa', 256), newKeyPair('ecdsa', 384), newKeyPair('rsa', 3072)]) {
    await door.accounts.sshKeys.add(operator, door.ada.id, pair.line);
    await door.connect({
      username: 'ada',
      privateKey: pair.privateKey,
      authHandler: ['publickey'],
    } as ConnectConfig);
  }
});

test('nobody is signed in by itself, where AUTO_LOGIN is on as well', async () => {
  await using door = await openDoor({ settings: { autoLogin: true } });
  await door.accounts.bootstrap.prepare(undefined);
  const none = { username: 'langinfra', authHandler: ['none'] } as ConnectConfig;
  await expect(door.connect(none)).rejects.toThrow();
  for (const password of ['', 'langinfra'])
    await expect(
      door.connect({ username: 'langinfra', password, authHandler: ['password'] } as ConnectConfig),
    ).rejects.toThrow();
});

const old: Record<string, ConnectConfig['algorithms']> = {
  'key exchange with SHA-1': { kex: ['diffie-hellman-group14-sha1'] },
  'a cipher in CBC mode': { cipher: ['aes128-cbc'] },
  'a cipher in CTR mode': { cipher: ['aes256-ctr'] },
  'an RSA host key': { serverHostKey: ['ssh-rsa'] },
};

test.each(Object.entries(old))(
  'a client that knows only %s is refused, and the log says why',
  async (_, algorithms) => {
    await using door = await openDoor();
    await expect(door.connect({ algorithms } as ConnectConfig)).rejects.toThrow();
    await expect
      .poll(() => door.logged().find(({ msg }) => msg === 'handshake failed'))
      .toMatchObject({ level: 40, address: '127.0.0.1', reason: expect.stringContaining('no matching') });
  },
);

/** Sends bytes in the place of a client, and waits until the server hangs up. */
const sendGarbage = (port: number, bytes: string | Buffer): Promise<void> =>
  new Promise(resolve => {
    const socket = connectTcp(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('error', () => {});
    socket.resume().on('close', () => resolve());
  });

test('what is no SSH is logged and does nobody harm', async () => {
  await using door = await openDoor({ limits: { patience: 1500 } });
  await sendGarbage(door.port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await sendGarbage(door.port, Buffer.alloc(100_000, 7));
  await sendGarbage(door.port, 'SSH-2.0-broken\r\n\x00\x00\x00\x01garbage\x1b[31m');
  await sendGarbage(door.port, '');
  const rude = connectTcp(door.port, '127.0.0.1', () => rude.write('SSH-2.0-rude\r\n'));
  await once(rude, 'data');
  rude.resetAndDestroy();
  const client = await door.connect();
  const ui = await openShell(client);
  await ui.sees('Admin Page');
  expect(door.logged().filter(({ level }) => level === 50)).toEqual([]);
  expect(door.log()).toContain('closed without a word of SSH');
  expect(door.log()).toContain('did not sign in in time');
  await expect.poll(() => door.log()).toContain('ECONNRESET');
  for (const { level } of door.logged()) expect(level).toEqual(expect.any(Number));
  expect(door.log()).not.toContain('\x1b');
});

/** Resolves when a connection of somebody who has said that it speaks SSH was answered. */
const spoken = async (socket: Socket): Promise<void> => {
  let said = '';
  socket.setEncoding('latin1').on('data', text => {
    said += text;
  });
  await expect.poll(() => said).toContain('curve25519-sha256');
};

test('who does not sign in holds a place for a while, and no more than so many', async () => {
  await using door = await openDoor({ limits: { waitingOfOne: 2, patience: 60_000 } });
  const sockets = [connectTcp(door.port, '127.0.0.1'), connectTcp(door.port, '127.0.0.1')];
  for (const socket of sockets) socket.write('SSH-2.0-waits\r\n');
  // The second packet is sent to whoever has spoken.
  await Promise.all(sockets.map(spoken));
  await expect(door.connect()).rejects.toThrow();
  expect(door.log()).toContain('too many of this address who have not signed in');
  for (const socket of sockets) socket.destroy();
  await expect
    .poll(() =>
      door.connect().then(
        () => 'in',
        () => 'out',
      ),
    )
    .toBe('in');
});

test.each([
  ['from one address', { waitingOfOne: 2 }, 'too many of this address who have not signed in'],
  ['in all', { waiting: 2 }, 'too many who have not signed in'],
  ['of all connections', { connections: 2 }, 'too many connections'],
])('who says nothing gives way to who comes, where there are too many %s', async (_, limits, reason) => {
  await using door = await openDoor({ limits: { ...limits, patience: 60_000 } });
  const [oldest, other] = [connectTcp(door.port, '127.0.0.1'), connectTcp(door.port, '127.0.0.1')];
  const gone = once(oldest.resume(), 'close');
  other.write('SSH-2.0-waits\r\n');
  await spoken(other);
  const client = await door.connect();
  await gone;
  expect(other.closed).toBe(false);
  client.end();
  // One line a second, not one for each.
  expect(door.logged().filter(({ msg }) => msg === 'silent connection closed')).toMatchObject([
    { level: 40, address: '127.0.0.1', reason },
  ]);
  expect(door.log()).not.toContain('closed without a word of SSH');
  other.destroy();
});

test('no password is in the log', async () => {
  await using door = await openDoor();
  await door.connect();
  await expect(door.connect({ password: 'a wrong secret' })).rejects.toThrow();
  expect(door.log()).toContain('signed in');
  expect(door.log()).toContain('bad_credentials');
  for (const secret of [usual, 'a wrong secret']) expect(door.log()).not.toContain(secret);
});

test('the host key is the one whose fingerprint is told', async () => {
  await using door = await openDoor();
  let seen = '';
  await door.connect({
    hostHash: 'sha256',
    hostVerifier: (hash: string) => {
      seen = `SHA256:${Buffer.from(hash, 'hex').toString('base64').replace(/=+$/, '')}`;
      return true;
    },
  } as ConnectConfig);
  expect(seen).toBe(door.hostKey.fingerprint);
});

test('a connection that was ended is gone a moment later, though the client holds its half open', async () => {
  await using door = await openDoor({ limits: { connections: 1, patience: 60_000 } });
  const sock = connectTcp({ port: door.port, host: '127.0.0.1', allowHalfOpen: true });
  const close = sock.destroy.bind(sock);
  // Neither ssh2's client nor Node hangs up.
  Object.assign(sock, { end: () => sock, destroy: () => sock });
  await door.connect({ username: 'ada', sock });
  await expect(door.connect()).rejects.toThrow();
  await door.accounts.users.change(operator, door.ada.id, { isActive: false });
  const comes = () =>
    door.connect().then(
      () => 'in',
      () => 'out',
    );
  await expect.poll(comes, { timeout: 20_000 }).toBe('in');
  close();
});

test('one user has so many connections at the most, and is told so', async () => {
  await using door = await openDoor({ limits: { ofOneUser: 2 } });
  const [one] = [await door.connect({ username: 'ada' }), await door.connect({ username: 'ada' })];
  const third = await door.connect({ username: 'ada' });
  const gone = new Promise<void>(resolve => third.once('close', () => resolve()));
  expect(await exec(third, 'users list')).toEqual({
    code: 6,
    stdout: '',
    stderr: 'langinfra: You have 2 connections open already. Close one first\r\n',
  });
  await gone;
  expect(await exec(await door.connect(), 'users list')).toMatchObject({ code: 0 });
  one.end();
  await expect
    .poll(async () => (await exec(await door.connect({ username: 'ada' }), 'users list')).code)
    .toBe(0);
});

test('one address has so many, whoever they are of; they do not stay where nothing is opened on them', async () => {
  await using door = await openDoor({ limits: { signedInOfOne: 2, patience: 1500 } });
  await door.connect({ username: 'ada' });
  await door.connect();
  const more = await door.connect();
  const silent = await door.connect();
  const gone = new Promise<void>(resolve => silent.once('close', () => resolve()));
  const { outcome } = await openChannel(opened => more.shell({}, opened));
  expect(await outcome).toMatchObject({
    code: 6,
    stderr: 'langinfra: From your address 2 connections are open already. Close one first\r\n',
  });
  await gone;
});
