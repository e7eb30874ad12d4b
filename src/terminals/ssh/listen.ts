import { once } from 'node:events';
import { type AddressInfo, createServer, isIPv6, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import ssh2 from 'ssh2';
import type { Accounts } from '../../accounts/accounts.ts';
import { Refusal } from '../../refusal.ts';
import type { Sessions } from '../sessions.ts';
import { algorithms } from './algorithms.ts';
import type { RunCommand } from './command-channel.ts';
import { type ServedConnection, serveConnection } from './connection.ts';
import { createGate, type GateLimits, usualGateLimits, type Visitor } from './gate.ts';
import { type HostKey, signerOf } from './host-key.ts';
import { createSshLog, type LogLevel } from './log.ts';

export type SshNeeds = {
  accounts: Accounts;
  /** The sessions of this process, through whichever door. */
  sessions: Sessions;
  hostKey: HostKey;
  /** Does what a command line says, as somebody who has signed in. */
  runCommand: RunCommand;
  host: string;
  /** 0: any free port. */
  port: number;
  logLevel: LogLevel;
  /** Where the log goes, one line of JSON at a time; standard error where it is not given. */
  log?: { write: (line: string) => void };
  limits?: Partial<GateLimits>;
};

export type SshDoor = {
  /** `127.0.0.1:7862` */
  address: string;
  /** Takes no new connections, ends the sessions so that terminals are as they were before, and then the connections. */
  close: () => Promise<void>;
};

/** A client that does not answer so many times, so many milliseconds apart, is gone. */
const keepalive = { keepaliveInterval: 15_000, keepaliveCountMax: 3 };
/** So long, in milliseconds, the last bytes may take to reach a client. */
const closingTime = 500;

const reasons: Record<string, string> = {
  EACCES: 'the port needs more rights than this user has',
  EADDRNOTAVAIL: 'this machine does not have that address',
  ENOTFOUND: 'there is no such host name',
  EAI_AGAIN: 'the host name cannot be looked up now',
};

/** Opens the SSH door. Throws ssh_port_in_use and cannot_listen. */
export const listenSsh = async (needs: SshNeeds): Promise<SshDoor> => {
  const { accounts, sessions, hostKey, runCommand, host, port } = needs;
  const log = createSshLog(needs.logLevel, needs.log ?? process.stderr);
  const gate = createGate({ ...usualGateLimits, ...needs.limits }, log);
  const visitors = new Map<string, Visitor>();
  const connections = new Set<ServedConnection>();
  const signer = await signerOf(hostKey);
  let isClosing = false;
  const nameOf = (ip: string | undefined, from: number | undefined): string => `${ip} ${from}`;

  const server = new ssh2.Server(
    { hostKeys: [{ key: signer }], algorithms, ident: 'Langinfra', ...keepalive },
    (client, { ip, port: from }) => {
      const visitor = visitors.get(nameOf(ip, from));
      if (!visitor) return void client.end();
      visitor.spoke();
      const { address, reached, taken, drop } = visitor;
      const connection = serveConnection(client, visitor, {
        accounts,
        sessions,
        log,
        address,
        reached,
        taken,
        drop,
        runCommand,
      });
      connections.add(connection);
      if (isClosing) void connection.quiet();
      connection.ended.then(() => connections.delete(connection));
    },
  );
  // Before ssh2 reads the first byte: it knows of a client only when that has said what it speaks.
  const listener = createServer((socket: Socket) => {
    const visitor = gate.admit(socket);
    if (!visitor) return;
    const name = nameOf(socket.remoteAddress, socket.remotePort);
    visitors.set(name, visitor);
    socket.once('close', () => visitors.delete(name));
    socket.setNoDelay(true);
    const broken = (error: Error): void => {
      log.error(error, 'connection broken', { address: visitor.address });
      socket.destroy();
    };
    sessions.guard(broken, () => server.injectSocket(socket));
  });
  try {
    listener.listen({ host: host === 'localhost' ? '127.0.0.1' : host, port });
    await once(listener, 'listening');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new Refusal('ssh_port_in_use', { host, port });
    throw new Refusal('cannot_listen', { host, port, reason: reasons[code] ?? code });
  }
  const { port: listening } = listener.address() as AddressInfo;
  return {
    address: `${isIPv6(host) ? `[${host}]` : host}:${listening}`,
    close: async () => {
      const closed = once(listener, 'close');
      listener.close();
      isClosing = true;
      // At once: what was opened while the sessions end would be cut off without a word.
      const quiet = Promise.all([...connections].map(connection => connection.quiet()));
      await sessions.closeAll();
      await Promise.race([quiet, setTimeout(closingTime, undefined, { ref: false })]);
      const late = globalThis.setTimeout(gate.closeAll, closingTime);
      gate.endAll();
      await closed;
      clearTimeout(late);
      await Promise.all([...connections].map(({ ended }) => ended));
    },
  };
};
