import { setTimeout } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import { Refusal } from '../refusal.ts';
import { adminPath } from './admin.ts';
import { clientAddress } from './clients.ts';
import { needsOwnPage } from './hosts.ts';
import { createPace, type Pace } from './pace.ts';
import type { Upgrade, Upgrades } from './upgrades.ts';

/** The other end of a page's WebSocket, for whoever keeps the console. */
export type PageSocket = {
  /** The client's address. */
  address: string;
  /** The name of its request in the log. */
  requestId: string;
  /** Hands a message on, without waiting; `done` when the connection has taken it, or will never. */
  send: (text: string, done?: () => void) => void;
  /** Messages come one after another: the next one when the listener is done with the one before. It never rejects. */
  onMessage: (listener: (text: string) => Promise<void>) => void;
  onClose: (listener: () => void) => void;
  /** Tells the page why (RFC 6455, section 7.4); a reason has 123 bytes at the most. */
  close: (code: number, reason: string) => void;
};

/** Whoever keeps the consoles that pages show. */
export type ConsoleDoor = {
  enter: (socket: PageSocket) => void;
  /** How many consoles are open, those included whose page is away for a moment. */
  count: () => number;
};

export type SocketLimits = {
  /** What a page may send in each second. */
  pace: Pace;
  /** So often, in milliseconds, it is asked whether it is there still; one that did not answer is gone. */
  pingTime: number;
};

export const usualSocketLimits: SocketLimits = {
  pace: { messages: 100, characters: 512 * 1024 },
  pingTime: 25_000,
};

export const socketPath = `${adminPath}/socket`;
/** A message of a page, in bytes: it sends longer pastes in pieces. */
const longestMessage = 64 * 1024;
/** Of RFC 6455: the server is stopping, and will be back. */
const restarting = 1012;
/** So long, in milliseconds, a page may take to say goodbye. */
const goodbyeTime = 500;

type SocketNeeds = {
  door: ConsoleDoor;
  upgrades: Upgrades;
  limits: SocketLimits;
  /** Called when a request has become a connection. */
  answered: (request: FastifyRequest, reply: FastifyReply) => void;
};

/**
 * The route that a page's WebSocket begins with. Nobody is known by a cookie here: the console asks who it is. It is none
 * of the table's, whose routes answer with a body that can be described.
 */
export const addSocketRoute = (
  app: FastifyInstance,
  { door, upgrades, limits, answered }: SocketNeeds,
): { closeAll: () => Promise<void> } => {
  const open = new Set<WebSocket>();
  const accept = createAccept();

  app.get(socketPath, { onRequest: needsOwnPage }, async (request, reply) => {
    const upgrade = upgrades.take(request.raw);
    if (!upgrade) {
      reply.header('upgrade', 'websocket');
      throw new Refusal('upgrade_needed');
    }
    await accept(request, reply, upgrade, socket => {
      answered(request, reply.code(101));
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      door.enter(asPageSocket(socket, request, limits));
    });
    return reply;
  });

  return {
    /** Says goodbye to all of them, and hangs up on those that do not answer. */
    closeAll: async () => {
      for (const socket of open) socket.close(restarting, 'the server stopped');
      for (const waited = performance.now(); open.size > 0 && performance.now() - waited < goodbyeTime; )
        await setTimeout(10);
      for (const socket of open) socket.terminate();
    },
  };
};

/** The library is loaded with the first page that comes. */
const createAccept = () => {
  let loading: Promise<InstanceType<typeof import('ws').WebSocketServer>> | undefined;
  const load = async () => {
    const { WebSocketServer } = await import('ws');
    return new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: longestMessage,
      perMessageDeflate: false,
    });
  };
  return async (
    request: FastifyRequest,
    reply: FastifyReply,
    { socket, head, response }: Upgrade,
    opened: (socket: WebSocket) => void,
  ): Promise<void> => {
    loading ??= load();
    const server = await loading;
    reply.hijack();
    if (socket.destroyed) return;
    response.detachSocket(socket as never);
    // A handshake that is none it answers by itself, with 400.
    server.handleUpgrade(request.raw, socket, head, opened);
  };
};

const asPageSocket = (
  socket: WebSocket,
  request: FastifyRequest,
  { pace, pingTime }: SocketLimits,
): PageSocket => {
  let listener = async (_text: string): Promise<void> => {};
  let isThere = true;
  const paced = createPace(pace, text => listener(text), socket);
  const pinging = setInterval(() => {
    if (!isThere) return socket.terminate();
    isThere = false;
    socket.ping();
  }, pingTime);
  socket.on('pong', () => {
    isThere = true;
  });
  socket.on('message', (data, isBinary) => {
    isThere = true;
    if (isBinary) socket.close(1003, 'text only');
    else paced.take(data.toString());
  });
  // What is wrong with it is in its close code; a broken connection is nothing to tell.
  socket.on('error', () => {});
  socket.on('close', () => {
    clearInterval(pinging);
    paced.stop();
  });
  return {
    address: clientAddress(request),
    requestId: request.id,
    send: (text, done) => {
      if (socket.readyState === socket.OPEN) socket.send(text, () => done?.());
      else done?.();
    },
    onMessage: heard => {
      listener = heard;
    },
    onClose: gone => void socket.once('close', gone),
    close: (code, reason) => socket.close(code, reason),
  };
};
