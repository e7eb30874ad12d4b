import type { Socket } from 'node:net';
import { networkOf, plainAddress, unknownAddress } from '../../accounts/network.ts';
import { Refusal } from '../../refusal.ts';
import type { SshPlace } from '../../screens/ssh-place.ts';
import type { SshLog } from './log.ts';

export type GateLimits = {
  /** Connections of whoever has not signed in yet: in all, and from one address (of IPv6: from one network). */
  waiting: number;
  waitingOfOne: number;
  /** Connections of whoever has signed in: of one user, and from one address. */
  ofOneUser: number;
  signedInOfOne: number;
  /** All connections. */
  connections: number;
  /** For signing in there are so many milliseconds. */
  patience: number;
  /** A connection that was ended is gone after so many milliseconds, whatever the client does. */
  farewell: number;
};

export const usualGateLimits: GateLimits = {
  waiting: 50,
  waitingOfOne: 10,
  ofOneUser: 20,
  signedInOfOne: 100,
  connections: 300,
  patience: 30_000,
  farewell: 1000,
};

/** A connection that has been let in. */
export type Visitor = {
  address: string;
  /** Where it has reached the door; undefined where it was gone at once. */
  reached: SshPlace | undefined;
  /** Called when it has said that it speaks SSH. */
  spoke: () => void;
  /**
   * Counts it as one of this user, by the id, from now on. Gives why not where that would be too many: it still counts as one
   * that waits then, and is closed when the time for signing in is over.
   */
  signedIn: (userId: string) => Refusal | undefined;
  /**
   * Calls `done` when the bytes of before are on their way. A client may allow any number of them over SSH and take none of
   * the network: they would all wait here.
   */
  taken: (done: () => void) => void;
  /** Closes it at once. */
  drop: () => void;
};

type Entry = {
  address: string;
  network: string;
  /** The id of the user; undefined where nobody has signed in yet. */
  user: string | undefined;
  hasSpoken: boolean;
};

/** Counts connections before any byte of theirs is read: who says nothing takes a place, too, and not for long. */
export const createGate = (limits: GateLimits, log: SshLog) => {
  const sockets = new Map<Socket, Entry>();
  const countOf = (isOne: (entry: Entry) => boolean): number => [...sockets.values()].filter(isOne).length;
  let toldAt = 0;

  /** Once a second: whoever floods us must not fill the disk with our log. */
  const tell = (message: string, more: { address: string; reason: string }): void => {
    if (Date.now() - toldAt <= 1000) return;
    toldAt = Date.now();
    log.warn(message, more);
  };

  /**
   * Makes place for one more of a network. The oldest that has said nothing gives way: whoever opens connections and is silent
   * on them would keep everybody else out. Gives why there is no place where all have spoken.
   */
  const makePlace = (network: string): string | undefined => {
    const isWaiting = ({ user }: Entry): boolean => user === undefined;
    const isOfIt = (entry: Entry): boolean => isWaiting(entry) && entry.network === network;
    const places = [
      { isOne: isOfIt, most: limits.waitingOfOne, reason: 'too many of this address who have not signed in' },
      { isOne: isWaiting, most: limits.waiting, reason: 'too many who have not signed in' },
      { isOne: () => true, most: limits.connections, reason: 'too many connections' },
    ];
    for (const { isOne, most, reason } of places) {
      if (countOf(isOne) < most) continue;
      const silent = [...sockets].find(([, entry]) => isOne(entry) && !entry.hasSpoken);
      if (!silent) return reason;
      const [socket, { address }] = silent;
      tell('silent connection closed', { address, reason });
      sockets.delete(socket);
      socket.destroy();
    }
    return undefined;
  };

  /** All places are there for many: neither one user nor one address gets most of them. */
  const whyNotMore = (userId: string, network: string): Refusal | undefined => {
    const { ofOneUser, signedInOfOne } = limits;
    if (countOf(({ user }) => user === userId) >= ofOneUser)
      return new Refusal('too_many_own_connections', { most: ofOneUser });
    const ofOne = countOf(entry => entry.user !== undefined && entry.network === network);
    return ofOne >= signedInOfOne
      ? new Refusal('too_many_connections_from_there', { most: signedInOfOne })
      : undefined;
  };

  return {
    /** Lets a connection in, or closes it and gives nothing. */
    admit: (socket: Socket): Visitor | undefined => {
      const address = plainAddress(socket.remoteAddress ?? '') ?? unknownAddress;
      const network = networkOf(address);
      const reason = makePlace(network);
      if (reason) {
        tell('connection refused', { address, reason });
        socket.on('error', () => {});
        socket.destroy();
        return undefined;
      }
      const entry: Entry = { address, network, user: undefined, hasSpoken: false };
      sockets.set(socket, entry);
      socket.setMaxListeners(0);
      closeOnceEnded(socket, limits.farewell);
      const late = setTimeout(() => {
        log.info('did not sign in in time', { address });
        socket.destroy();
      }, limits.patience);
      socket.once('close', () => {
        clearTimeout(late);
        const hadPlace = sockets.delete(socket);
        if (hadPlace && !entry.hasSpoken) log.info('closed without a word of SSH', { address });
      });
      return {
        address,
        reached: placeOf(socket),
        spoke: () => {
          entry.hasSpoken = true;
        },
        signedIn: userId => {
          const refusal = whyNotMore(userId, network);
          if (refusal) return refusal;
          clearTimeout(late);
          entry.user = userId;
          return undefined;
        },
        taken: done => {
          if (socket.writableNeedDrain) socket.once('drain', done);
          else done();
        },
        drop: () => void socket.destroy(),
      };
    },
    /** Says goodbye to all that are open: what is on its way still leaves. */
    endAll: (): void => {
      for (const socket of sockets.keys()) socket.end();
    },
    /** Closes all that are open, at once. */
    closeAll: (): void => {
      for (const socket of sockets.keys()) socket.destroy();
    },
    count: (): number => sockets.size,
  };
};

const placeOf = ({ localAddress, localPort: port }: Socket): SshPlace | undefined => {
  const host = plainAddress(localAddress ?? '');
  return host !== undefined && port !== undefined ? { host, port } : undefined;
};

/** A client that holds its half open, or takes nothing of what is on its way, would keep its place, whoever has ended it. */
const closeOnceEnded = (socket: Socket, after: number): void => {
  let late: NodeJS.Timeout | undefined;
  const end = socket.end.bind(socket);
  // ssh2 ends connections by itself in many places, and an end that waits for the client is told by no event.
  socket.end = () => {
    late ??= setTimeout(() => socket.destroy(), after).unref();
    return end();
  };
  socket.once('close', () => clearTimeout(late));
};
