import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout } from 'node:timers/promises';
import { Refusal } from '../refusal.ts';
import type { RemoteSession } from './remote.ts';

/** How many sessions may be open: of all, and of one owner. */
export type SessionLimits = { inAll: number; ofOne: number };

export const usualSessionLimits: SessionLimits = { inAll: 200, ofOne: 10 };

/** So long, in milliseconds, clients may take to get their screens back when the process ends. */
const closingTime = 1000;

type Place = { owner: string; session?: RemoteSession };

export type Sessions = ReturnType<typeof createSessions>;

/** The remote sessions that are open in this process, through whichever door. */
export const createSessions = ({ inAll, ofOne }: SessionLimits = usualSessionLimits) => {
  const places = new Set<Place>();
  const running = new AsyncLocalStorage<Place>();
  let isClosing = false;
  // Ink listens for the end of the process once for each console.
  process.setMaxListeners(0);

  const ownedBy = (owner: string): number => [...places].filter(place => place.owner === owner).length;

  const admit = (owner: string): Place => {
    if (isClosing) throw new Refusal('server_stopping');
    if (places.size >= inAll) throw new Refusal('too_many_consoles');
    if (ownedBy(owner) >= ofOne) throw new Refusal('too_many_own_consoles', { most: ofOne });
    const place = { owner };
    places.add(place);
    return place;
  };

  /** Whoever signs in at the console owns its place from then on; the automatic account is everybody's. */
  const followOwner = (place: Place, session: RemoteSession): void => {
    const first = place.owner;
    const follow = (): void => {
      const user = session.signedIn.get()?.user;
      place.owner = user && !user.isAutomatic ? user.id : first;
      if (place.owner !== first && ownedBy(place.owner) > ofOne)
        session.fail(new Refusal('too_many_own_consoles', { most: ofOne }));
    };
    session.signedIn.subscribe(follow);
  };

  return {
    /** How many are open, or being opened. */
    count: (): number => places.size,

    /**
     * Opens a session for its owner: a user's id, or the address where nobody has signed in. Throws server_stopping,
     * too_many_consoles, too_many_own_consoles and what `open` throws.
     */
    open: async (owner: string, open: () => Promise<RemoteSession>): Promise<RemoteSession> => {
      const place: Place = admit(owner);
      try {
        const session = await running.run(place, open);
        place.session = session;
        followOwner(place, session);
        const leave = (): void => void places.delete(place);
        session.ended.then(leave, leave);
        if (isClosing) session.quit();
        // What a key sets off is the session's, whoever hands the key on.
        return { ...session, type: keys => running.run(place, () => session.type(keys)) };
      } catch (error) {
        places.delete(place);
        throw error;
      }
    },

    /**
     * Ends the session in which an error was thrown that nobody caught, and gives whether there is one: only that session
     * is the worse for it. For the handlers of the process.
     */
    blame: (error: Error): boolean => {
      const session = running.getStore()?.session;
      session?.fail(error);
      return session !== undefined;
    },

    /** Ends all of them, and gives their terminals back; those of clients that do not read in time are dropped. */
    closeAll: async (): Promise<void> => {
      isClosing = true;
      const sessions = [...places].flatMap(({ session }) => session ?? []);
      for (const session of sessions) session.quit();
      const all = Promise.allSettled(sessions.map(({ ended }) => ended));
      await Promise.race([all, setTimeout(closingTime, undefined, { ref: false })]);
      for (const { session } of places) session?.drop();
      await Promise.race([all, setTimeout(closingTime, undefined, { ref: false })]);
    },
  };
};
