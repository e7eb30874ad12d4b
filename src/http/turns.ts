import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** So many requests of one connection may stand in line, the one that is being answered included. */
const longestLine = 256;

type Turn = { request: IncomingMessage; response: ServerResponse };

/**
 * Has the requests of a connection answered one after another (pipelining, RFC 9112 section 9.3.2). Node itself would
 * begin with all of them at once: a client that sends without end and reads nothing would fill the memory with answers,
 * and go on doing so after it has left.
 */
export const createTurns = () => {
  const lines = new WeakMap<Socket, Turn[]>();

  const begin = (line: Turn[], handle: RequestListener): void => {
    const [first] = line;
    // On a connection that closes nothing is begun that could not be answered.
    if (!first?.request.socket.writable) return;
    // The client took all of the answer, or hung up.
    first.response.once('close', () => {
      line.shift();
      begin(line, handle);
    });
    handle(first.request, first.response);
  };

  return {
    /** A listener that hands each request on when those before it are answered. */
    inTurn:
      (handle: RequestListener): RequestListener =>
      (request, response) => {
        const { socket } = request;
        const line = lines.get(socket) ?? [];
        lines.set(socket, line);
        if (line.push({ request, response }) > longestLine) socket.destroy();
        else if (line.length === 1) begin(line, handle);
      },

    /**
     * Lets `speak` answer, and hang up, where the bytes of a connection cannot be read any further: once the requests
     * before the broken one are answered. Where the broken one has an answer already, it gets no second one.
     */
    close: (socket: Socket, speak: () => void): void => {
      const line = lines.get(socket) ?? [];
      const last = line.at(-1);
      const isInBody = last?.request.complete === false;
      if (isInBody) line.pop();
      const before = line.at(-1);
      if (before) {
        before.response.once('close', speak);
        // What still comes is not even taken, so that a client which takes nothing itself counts as silent.
        socket.pause();
      } else if (isInBody && last.response.headersSent) socket.destroySoon();
      else speak();
    },
  };
};
