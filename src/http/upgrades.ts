import { type IncomingMessage, type RequestListener, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** A connection whose client asks to go on as a WebSocket. */
export type Upgrade = { socket: Duplex; head: Buffer; response: ServerResponse };

export type Upgrades = ReturnType<typeof createUpgrades>;

/**
 * The requests that ask for a WebSocket, at the one path that has one. They go through the checks of all requests before
 * the route takes the connection, and one that is refused gets its answer as any other.
 */
export const createUpgrades = (path: string) => {
  const waiting = new WeakMap<IncomingMessage, Upgrade>();
  return {
    /**
     * Whether a request is one. Any other is answered as if it had not asked (RFC 9110, section 7.8): Java's client offers
     * h2c with each. For Node from 22.21 on; older ones hand over the others too, without their bodies.
     */
    isOne: ({ method, url = '', headers }: IncomingMessage): boolean =>
      method === 'GET' && /^websocket$/i.test(headers.upgrade ?? '') && url.split(/[?#]/, 1)[0] === path,

    /** A listener for the server's `upgrade`. */
    listener:
      (handle: RequestListener) =>
      (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
        // Node has taken its own listener away, and an error that nobody hears ends the process.
        socket.on('error', () => socket.destroy());
        const response = new ServerResponse(request);
        response.shouldKeepAlive = false;
        try {
          // Throws where the answer to the request before it is on its way still.
          response.assignSocket(socket as never);
        } catch {
          return void socket.destroy();
        }
        response.on('finish', () => socket.end(() => socket.destroy()));
        waiting.set(request, { socket, head, response });
        handle(request, response);
      },

    /** The connection of a request, once; undefined where it did not ask. */
    take: (request: IncomingMessage): Upgrade | undefined => {
      const upgrade = waiting.get(request);
      waiting.delete(request);
      return upgrade;
    },
  };
};
