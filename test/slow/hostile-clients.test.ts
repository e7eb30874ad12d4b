import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { good, insert, type Newcomer, newcomer, program, type Server } from '../support/program.ts';
import { eventually } from '../support/pty.ts';

const host = 'Host: localhost\r\n';
const health = `GET /health HTTP/1.1\r\n${host}\r\n`;
const signIn = (form: string) =>
  `POST /api/v1/login HTTP/1.1\r\n${host}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}\r\n\r\n${form}`;

/** Clients are hung up on 10 s after they came and said nothing; a busy computer may take longer over thousands. */
const patience = 60_000;
/** What a process may take more after many rounds of an attack, in MiB: its memory is not as even as that of a program in C. */
const slack = 64;

/** What the system says of a process: its memory in MiB, how many files it has open, the seconds it has computed. */
const memoryOf = ({ pid }: Server): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
const filesOf = ({ pid }: Server): number => readdirSync(`/proc/${pid}/fd`).length;
const computedBy = ({ pid }: Server): number => {
  const [user = 0, system = 0] =
    readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').slice(11, 13).map(Number) ?? [];
  return (user + system) / 100;
};
const mostFiles = Number(/^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);

/** A connection, open or on its way; `isOver` once either side has closed it. */
const open = ({ port }: Server, bytes: string | Buffer = '', { reads = true } = {}) => {
  const socket: Socket = connect(port, '127.0.0.1');
  const it = { socket, isOver: false, text: '' };
  socket
    .on('error', () => {})
    .on('close', () => {
      it.isOver = true;
    });
  if (reads) {
    socket.setEncoding('latin1').on('data', more => {
      it.text += more;
    });
  }
  if (bytes !== '') socket.write(bytes);
  return it;
};
type Client = ReturnType<typeof open>;

/** So many clients, a few hundred at a time: a queue of the system holds no more who are not let in yet. */
const openMany = async (server: Server, count: number): Promise<Client[]> => {
  const clients: Client[] = [];
  while (clients.length < count) {
    const some = Array.from({ length: Math.min(250, count - clients.length) }, () => open(server));
    clients.push(...some);
    await Promise.all(some.map(({ socket }) => socket.connecting && once(socket, 'connect').catch(() => {})));
  }
  return clients;
};
const leave = async (clients: readonly Client[]): Promise<void> => {
  for (const { socket } of clients) socket.destroy();
  await eventually(() => expect(clients.every(({ isOver }) => isOver)).toBe(true), patience);
};

const started = async (command?: readonly string[]) => {
  const me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False', LANGINFRA_LOG_LEVEL: 'warn' });
  await me.run(['superuser', '--username', 'root'], { input: good });
  const server = await me.serve([], {}, command);
  // Once: who signs in wrongly too often, as some do here, keeps all of this address from it for a while.
  const bearer = await server.bearer('root');
  const servesAll = async (): Promise<void> => {
    expect((await server.call('GET /health_check')).status).toBe(200);
    expect((await server.call('GET /api/v1/users/?search=root', { bearer })).body.total_count).toBe(1);
  };
  return { me, server, bearer, servesAll, [Symbol.asyncDispose]: () => me[Symbol.asyncDispose]() };
};

describe.skipIf(process.platform !== 'linux')('headless mode (skipped but on Linux)', () => {
  test('serves the others while 10,000 clients say nothing, and hangs up on those by itself', async () => {
    await using t = await started();
    const { server, servesAll } = t;
    const count = Math.min(10_000, mostFiles - 1000);
    const files = filesOf(server);
    const memory: number[] = [];
    for (let round = 1; round <= 2; round += 1) {
      const clients = await openMany(server, count);
      await servesAll();
      await eventually(() => expect(clients.filter(({ isOver }) => !isOver)).toEqual([]), patience);
      expect(new Set(clients.map(({ text }) => text.slice(0, 12)))).toEqual(new Set(['HTTP/1.1 408']));
      memory.push(memoryOf(server));
    }
    await servesAll();
    const [first = 0, second = 0] = memory;
    expect(second).toBeLessThan(first + slack);
    expect(filesOf(server)).toBeLessThan(files + 40);
  });

  const withFiles = (most: number) => ['bash', '-c', `ulimit -n ${most}; exec "$@"`, 'bash', ...program];

  test('keeps files for its database when more clients come than there are files', async () => {
    await using t = await started(withFiles(400));
    const { server, servesAll } = t;
    const clients = await openMany(server, 600);
    // 200 connections are what fits.
    await eventually(() => expect(clients.filter(({ isOver }) => isOver).length).toBe(400), patience);
    const [inside] = clients.filter(({ isOver }) => !isOver);
    // What it was never asked before opens the database further, and a thread that hashes.
    inside?.socket.write(signIn(`username=root&password=${good.replaceAll(' ', '+')}`));
    await eventually(() => expect(inside?.text).toMatch(/^HTTP\/1\.1 200 /), patience);
    const computed = computedBy(server);
    await eventually(() => expect(clients.filter(({ isOver }) => !isOver).length).toBeLessThan(2), patience);
    // For ten seconds it had nothing to do but look at the clock.
    expect(computedBy(server) - computed).toBeLessThan(5);
    await leave(clients);
    await servesAll();
    expect(server.said.stderr).toContain('too many connections');
  });

  test('lives on where the files run out all the same', async () => {
    await using t = await started(withFiles(60));
    const { server, servesAll } = t;
    const inside = open(server);
    await once(inside.socket, 'connect');
    const clients = await openMany(server, 200);
    inside.socket.write(health);
    await eventually(() => expect(inside.text).toMatch(/^HTTP\/1\.1 200 /), patience);
    await leave([...clients, inside]);
    await eventually(servesAll, patience);
  });

  test('takes no more memory the longer it is attacked', async () => {
    await using t = await started();
    const { me, server, servesAll } = t;
    await addImages(me);
    const bearer = `Authorization: Bearer ${t.bearer}\r\n`;
    let made = 0;
    const attacks: Record<string, () => Client> = {
      'pipelines and reads nothing': () => open(server, health.repeat(250), { reads: false }),
      'pipelines without end': () => open(server, health.repeat(20_000), { reads: false }),
      'asks for long lists and reads nothing': () =>
        open(server, `GET /api/v1/users/?limit=1000 HTTP/1.1\r\n${host}${bearer}\r\n`.repeat(100), {
          reads: false,
        }),
      'signs in and leaves': () => open(server, signIn('username=root&password=wrong')),
      'says half a header': () => open(server, `GET /health HTTP/1.1\r\nX: ${'x'.repeat(15_000)}`),
      'says half a body': () => open(server, signIn('x'.repeat(60_000)).slice(0, -1)),
      'says what is no HTTP': () => open(server, '\x16\x03\x01'.repeat(1000)),
      'asks for what is not there': () =>
        open(server, `GET /nope/${++made}?${++made} HTTP/1.1\r\n${host}\r\n`),
      'comes with new names': () =>
        open(
          server,
          signIn(`username=${++made}&password=x`).replace('urlencoded', `urlencoded; x=${++made}`),
        ),
      'sends a deep body': () => {
        const body = '{"a":'.repeat(12_000);
        const type = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
        return open(server, `POST /api/v1/users/ HTTP/1.1\r\n${host}${bearer}${type}\r\n${body}`);
      },
    };
    const attack = async (rounds: number): Promise<void> => {
      for (let round = 0; round < rounds; round += 1) {
        const clients = Object.values(attacks).flatMap(begin => [begin(), begin()]);
        await Promise.all(
          clients.map(({ socket }) => socket.connecting && once(socket, 'connect').catch(() => {})),
        );
        // All of them have come in, and what they said was read, when the one after them has its answer.
        expect((await server.call('GET /health')).status).toBe(200);
        await leave(clients);
      }
      await servesAll();
    };
    // Memory that is taken once is not given back: what is asked is that it ends.
    await attack(8);
    const before = memoryOf(server);
    await attack(16);
    expect(memoryOf(server)).toBeLessThan(before + slack);
    expect(server.said.stderr).not.toMatch(/"level":[56]0/);
  });
});

/** A thousand users whose list is a megabyte. */
const addImages = async (me: Newcomer): Promise<void> => {
  await insert(
    me,
    Array.from({ length: 1000 }, (_, at) => `user-${at}`),
  );
  await me.rows("update user set profile_image = hex(zeroblob(500)) where username like 'user-%'");
};
