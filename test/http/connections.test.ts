import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { openServer, type TestServer } from '../support/http.ts';
import { eventually } from '../support/pty.ts';

const host = 'Host: localhost\r\n';
const health = `GET /health HTTP/1.1\r\n${host}\r\n`;
const form = 'username=ada&password=wrong';
const signInHead = `POST /api/v1/login HTTP/1.1\r\n${host}Content-Type: application/x-www-form-urlencoded\r\n`;
const signIn = `${signInHead}Content-Length: ${form.length}\r\n\r\n${form}`;

const halfForm = `${signInHead}Content-Length: 12\r\n\r\nusername=ada`;

/** A client that is connected, with all that it got. */
const client = async ({ port }: Pick<TestServer, 'port'>, { reads = true } = {}) => {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const got = { text: '', isOver: false };
  socket.setEncoding('utf8').on('error', () => {});
  socket.on('close', () => {
    got.isOver = true;
  });
  if (reads) {
    socket.on('data', more => {
      got.text += more;
    });
    socket.on('end', () => socket.end());
  }
  await once(socket, 'connect');
  return {
    socket,
    got,
    statuses: () => got.text.match(/(?<=HTTP\/1\.1 )\d+/g) ?? [],
    isHungUp: () => eventually(() => expect(got.isOver).toBe(true), 10_000),
    [Symbol.dispose]: () => socket.destroy(),
  };
};

/** The server's ends of the connections that are made meanwhile: who reads nothing is not told of the end. */
const serverSide = () => {
  const all: Socket[] = [];
  const note = (message: unknown) => void all.push((message as { socket: Socket }).socket);
  subscribe('net.server.socket', note);
  return {
    of: ({ localPort }: Socket) => all.find(({ remotePort }) => remotePort === localPort),
    [Symbol.dispose]: () => void unsubscribe('net.server.socket', note),
  };
};

/** Sends a byte now and then, until the connection is closed. */
const drip = (socket: Socket, byte: string): void => {
  const timer = setInterval(() => (socket.writable ? socket.write(byte) : clearInterval(timer)), 50);
  socket.on('close', () => clearInterval(timer));
};

describe('a client that takes its time', () => {
  const limits = { headersTime: 300, requestTime: 600 };
  const late = [['408'], '{"detail":"The request did not arrive in time"}'];

  test.each<[string, (socket: Socket) => void]>([
    ['sends nothing', () => {}],
    ['sends half a header', socket => socket.write('GET /health HTTP/1.1\r\nHo')],
    [
      'sends headers byte by byte',
      socket => {
        socket.write('GET /health HTTP/1.1\r\nX: ');
        drip(socket, 'x');
      },
    ],
    [
      'sends a body byte by byte',
      socket => {
        socket.write(`${signInHead}Content-Length: 10000\r\n\r\n`);
        drip(socket, 'x');
      },
    ],
    [
      'sends chunks of one byte',
      socket => {
        socket.write(`${signInHead}Transfer-Encoding: chunked\r\n\r\n`);
        drip(socket, '1\r\nx\r\n');
      },
    ],
    ['announces a body and sends none', socket => socket.write(`${signInHead}Content-Length: 100\r\n\r\n`)],
  ])('and %s is told so and hung up on', async (_name, send) => {
    await using t = await openServer({ limits });
    using slow = await client(t);
    send(slow.socket);
    await slow.isHungUp();
    expect([slow.statuses(), slow.got.text.split('\r\n\r\n').at(-1)]).toEqual(late);
    expect((await t.call('GET /health')).status).toBe(200);
  });

  test('with its second request is told so after the answer to the first', async () => {
    await using t = await openServer({ limits });
    using slow = await client(t);
    slow.socket.write(`${signIn}${signInHead}Content-Length: 100\r\n\r\n`);
    await slow.isHungUp();
    expect(slow.statuses()).toEqual(['401', '408']);
  });

  test('between two requests is hung up on without a word', async () => {
    await using t = await openServer({ limits: { idleTime: 100 } });
    using idle = await client(t);
    idle.socket.write(health);
    await idle.isHungUp();
    expect(idle.statuses()).toEqual(['200']);
  });

  test('is not one whose request waits for us', async () => {
    await using t = await openServer({ limits: { stalledTime: 100 } });
    using patient = await client(t);
    // The hash takes longer than a stalled client has.
    t.lane.meanwhile(() => new Promise(resolve => setTimeout(resolve, 500)));
    patient.socket.write(signIn);
    await eventually(() => expect(patient.statuses()).toEqual(['401']), 10_000);
  });
});

describe('requests in one write', () => {
  test('are answered in their order, a hundred of them', async () => {
    await using t = await openServer();
    using eager = await client(t);
    const paths = Array.from({ length: 100 }, (_, at) => (at % 10 === 0 ? '/api/v1/login' : `/nope/${at}`));
    eager.socket.write(
      paths.map(path => (path === '/api/v1/login' ? halfForm : health.replace('/health', path))).join(''),
    );
    const expected = paths.map(path => (path === '/api/v1/login' ? '422' : '404'));
    await eventually(() => expect(eager.statuses()).toEqual(expected), 10_000);
    const requests = t.logged().filter(({ msg }) => msg === 'request');
    expect(requests.map(({ path }) => path)).toEqual(paths);
  });

  test('are begun one after another: what the first does the second sees', async () => {
    await using t = await openServer();
    const bearer = `Authorization: Bearer ${await t.bearerOf('ada')}\r\n`;
    using eager = await client(t);
    eager.socket.write(
      `POST /api/v1/logout HTTP/1.1\r\n${host}${bearer}Content-Length: 0\r\n\r\n` +
        `GET /api/v1/users/whoami HTTP/1.1\r\n${host}${bearer}\r\n`,
    );
    await eventually(() => expect(eager.statuses()).toEqual(['200', '401']), 10_000);
  });

  test('are not even begun once their client has left', async () => {
    await using t = await openServer();
    using leaver = await client(t);
    t.lane.meanwhile(async () => {
      leaver.socket.destroy();
      await leaver.isHungUp();
    });
    leaver.socket.write(signIn.repeat(20));
    await leaver.isHungUp();
    await eventually(() => expect(t.accounts.hashing()).toEqual({ running: 0, waiting: 0 }), 10_000);
    expect((await t.login('ada')).status).toBe(200);
    // The one, and what was begun before its answer came back undeliverable.
    expect(t.lane.jobs.filter(({ password }) => password === 'wrong').length).toBeLessThan(5);
    // And they do not hold up the end.
    const started = performance.now();
    await t.close();
    expect(performance.now() - started).toBeLessThan(3000);
  });

  test('are too many past some hundred: the connection is closed', async () => {
    await using t = await openServer();
    using eager = await client(t);
    eager.socket.write(health.repeat(1000));
    await eager.isHungUp();
    expect(eager.statuses().length).toBeLessThan(257);
    expect((await t.call('GET /health')).status).toBe(200);
  });
});

describe('a client that reads nothing', () => {
  test('is hung up on once its answer is stuck', async () => {
    await using t = await openServer({ limits: { stalledTime: 300 } });
    const image = 'x'.repeat(1000);
    await t.store.write(async tx => {
      for (let at = 0; at < 1000; at += 1) {
        const id = at.toString(16).padStart(32, '0');
        const flags = { isActive: true, isSuperuser: false, isAutomatic: false };
        const now = '2026-01-01 00:00:00.000000';
        await tx.users.insert({ id, username: `user-${at}`, password: '', passwordCost: 0, ...flags, now });
        await tx.users.change(id, { profileImage: image }, now);
      }
    });
    const bearer = `Authorization: Bearer ${await t.bearerOf('root')}\r\n`;
    using connections = serverSide();
    using stuck = await client(t, { reads: false });
    stuck.socket.write(`GET /api/v1/users/?limit=1000 HTTP/1.1\r\n${host}${bearer}\r\n`.repeat(50));
    await eventually(() => expect(connections.of(stuck.socket)?.destroyed).toBe(true), 15_000);
    // It could not take more than a few of its fifty answers.
    const answered = t.logged().filter(({ path }) => path === '/api/v1/users/').length;
    expect(answered).toBeLessThan(25);
  });
});

test('a client that has sent all it wants to say still gets its answer', async () => {
  await using t = await openServer();
  for (const [request, status] of [
    [health, '200'],
    [signIn, '401'],
    [health + signIn + health, '200,401,200'],
  ] as const) {
    using half = await client(t);
    half.socket.end(request);
    await half.isHungUp();
    expect(half.statuses().join()).toBe(status);
  }
});

test('a client that ends in the middle of a request is told that it is none', async () => {
  await using t = await openServer();
  for (const part of ['GET /hea', health.slice(0, -2), signIn.slice(0, -5)]) {
    using half = await client(t);
    half.socket.end(part);
    await half.isHungUp();
    expect(half.statuses()).toEqual(['400']);
  }
});

test('a client that vanishes in the middle of a request or a sign-in is no error', async () => {
  await using t = await openServer();
  for (const part of ['GET /hea', signIn.slice(0, -5), signIn]) {
    using gone = await client(t);
    gone.socket.write(part);
    if (part === signIn) await eventually(() => expect(t.lane.jobs.at(-1)?.password).toBe('wrong'), 10_000);
    gone.socket.resetAndDestroy();
  }
  expect((await t.login('ada')).status).toBe(200);
  await eventually(() => expect(t.accounts.hashing()).toEqual({ running: 0, waiting: 0 }), 10_000);
  expect(t.logged().filter(({ level }) => level > 30)).toEqual([]);
});

describe('more connections than fit', () => {
  test('are closed, the log says so once, and who is in is served', async () => {
    await using t = await openServer({ limits: { connections: 3 } });
    const clients = await Promise.all([1, 2, 3].map(() => client(t)));
    for (let time = 0; time < 5; time += 1) {
      using refused = await client(t);
      await refused.isHungUp();
      expect(refused.got.text).toBe('');
    }
    clients[0]?.socket.write(health);
    await eventually(() => expect(clients[0]?.statuses()).toEqual(['200']), 10_000);
    const warnings = t.logged().filter(({ level }) => level === 40);
    expect(warnings).toMatchObject([{ most: 3, msg: 'too many connections: new ones are closed' }]);
    for (const { socket } of clients) socket.destroy();
    await eventually(async () => expect((await fetch(`${t.url}/health`)).status).toBe(200), 10_000);
  });

  test('take the place of those that were served and only wait', async () => {
    await using t = await openServer({ limits: { connections: 2 } });
    const clients = await Promise.all([1, 2].map(() => client(t)));
    for (const { socket } of clients) socket.write(health);
    await eventually(() => expect(clients.map(({ statuses }) => statuses().length)).toEqual([1, 1]), 10_000);
    using refused = await client(t);
    await refused.isHungUp();
    for (const { isHungUp } of clients) await isHungUp();
    expect((await fetch(`${t.url}/health`)).status).toBe(200);
  });
});
