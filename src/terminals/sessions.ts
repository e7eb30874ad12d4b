import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout } from 'node:timers/promises';
import type { SignedIn } from '../accounts/sessions.ts';
import { Refusal } from '../refusal.ts';
import type { Derived } from '../screens/observable.ts';
import { createCollector } from './collect.ts';

/** How many sessions may be open: of all, and of one owner. */
export type SessionLimits = { inAll: number; ofOne: number };

export const usualSessionLimits: SessionLimits = { inAll: 200, ofOne: 10 };

/** So long, in milliseconds, clients may take to get their screens back when the process ends. */
const closingTime = 1000;

/** What is open: a console, or a command that runs for somebody. */
export type Occupant = {
  /** Resolves when it has ended, in whatever way. */
  ended: Promise<unknown>;
  quit: () => void;
  /** Ends it with what broke in it. */
  fail: (error: Error) => void;
  /** Ends it without another byte. */
  drop: () => void;
  /** Who is signed in, where somebody may sign in inside. */
  signedIn?: Derived<SignedIn | undefined>;
};

/** Who is told of an error that nobody caught. */
type Blamed = { fail: (error: Error) => void };

type Place = { owner: string; session?: Occupant };

export type Sessions = ReturnType<typeof createSessions>;

/** The remote sessions that are open in this process, through whichever door. */
export const createSessions = ({ inAll, ofOne }: SessionLimits = usualSessionLimits) => {
  const places = new Set<Place>();
  const running = new AsyncLocalStorage<Blamed>();
  const collectAtHalf = createCollector();
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
    collectAtHalf(places.size);
    return place;
  };

  const free = (place: Place): void => {
    places.delete(place);
    collectAtHalf(places.size);
  };

  /** Whoever signs in at the console owns its place from then on; the automatic account is everybody's. */
  const followOwner = (place: Place, { signedIn, fail }: Occupant): void => {
    const first = place.owner;
    const follow = (): void => {
      const user = signedIn?.get()?.user;
      place.owner = user && !user.isAutomatic ? user.id : first;
      if (place.owner !== first && ownedBy(place.owner) > ofOne)
        fail(new Refusal('too_many_own_consoles', { most: ofOne }));
    };
    signedIn?.subscribe(follow);
  };

  return {
    /** How many are open, or being opened. */
    count: (): number => places.size,

    /**
     * Opens a session for its owner: a user's id, or the address where nobody has signed in. Throws server_stopping,
     * too_many_consoles, too_many_own_consoles and what `open` throws.
     */
    open: async <Opened extends Occupant>(owner: string, open: () => Promise<Opened>): Promise<Opened> => {
      const place: Place = admit(owner);
      try {
        const session = await running.run({ fail: error => place.session?.fail(error) }, open);
        place.session = session;
        followOwner(place, session);
        const leave = (): void => free(place);
        session.ended.then(leave, leave);
        if (isClosing) session.quit();
        return session;
      } catch (error) {
        free(place);
        throw error;
      }
    },

    /**
     * Ends the session, or the connection, in which an error was thrown that nobody caught, and gives whether there is one:
     * only that is the worse for it. For the handlers of the process.
     */
    blame: (error: Error): boolean => {
      const blamed = running.getStore();
      blamed?.fail(error);
      return blamed !== undefined;
    },

    /** Runs what a connection does, before and beside its sessions; `fail` is called with what nobody caught there. */
    guard: (fail: (error: Error) => void, work: () => void): void => running.run({ fail }, work),

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
