import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Refusal } from '../refusal.ts';
import { urlHost } from './hosts.ts';
import { usualLimits } from './node-server.ts';
import { buildServer, type HttpNeeds } from './server.ts';

/** Running requests get so long to finish when the server closes, in milliseconds. */
const closingTime = 3500;

const reasons: Record<string, string> = {
  EACCES: 'the port needs more rights than this user has',
  EADDRNOTAVAIL: 'this machine does not have that address',
  ENOTFOUND: 'there is no such host name',
  EAI_AGAIN: 'the host name cannot be looked up now',
};

/** A server that listens. */
export type Listening = {
  /** `http://127.0.0.1:7861` */
  url: string;
  /** Takes no new connections, lets running requests finish, and is done within 4 s whatever clients do. */
  close: () => Promise<void>;
};

/** Serves the HTTP API of headless mode. Throws port_in_use and cannot_listen. */
export const listen = async (needs: HttpNeeds): Promise<Listening> => {
  const { host, port } = needs.settings;
  const { drainTime } = { ...usualLimits(), ...needs.limits };
  const app = await buildServer(needs);
  let running = 0;
  app.server.on('turn', (response: ServerResponse) => {
    running += 1;
    response.on('close', () => {
      running -= 1;
    });
  });
  try {
    // For `localhost` fastify would open a second server on ::1, whose running requests it does not wait for.
    await app.listen({ host: host === 'localhost' ? '127.0.0.1' : host, port });
  } catch (error) {
    await app.close();
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new Refusal('port_in_use', { host, port });
    throw new Refusal('cannot_listen', { host, port, reason: reasons[code] ?? code });
  }
  return {
    url: `http://${urlHost(host)}:${(app.server.address() as AddressInfo).port}`,
    close: async () => {
      const started = performance.now();
      // A client that is connected and asks for nothing would hold up the end, too.
      const hangUp = setInterval(() => {
        const time = performance.now() - started;
        if ((running === 0 && time > drainTime) || time > closingTime) app.server.closeAllConnections();
      }, 50);
      try {
        await app.close();
      } finally {
        clearInterval(hangUp);
      }
    },
  };
};
