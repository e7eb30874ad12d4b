/** So many characters may wait for a terminal that does not read: more frames than anybody catches up with. */
const mostWaiting = 1_000_000;

/** What stands between the frames and their terminal. */
export type Outlet = {
  /** Hands bytes on, or leaves them out while the terminal is too far behind. */
  send: (bytes: string) => void;
  /** Leaves nothing out from now on: the bytes of the end give the terminal back. */
  keepAll: () => void;
  /** Resolves when the terminal has taken everything that was sent so far. */
  taken: () => Promise<void>;
  /** Sends nothing any more and waits for nothing: the terminal is gone. */
  giveUp: () => void;
};

/**
 * A terminal may stop reading for long: an ssh client that was stopped, or whose network is gone. What waits for it has
 * a limit, beyond which frames are left out; `caughtUp` is called when it has read the others, and draws everything.
 * Where `fellBehind` is given, that is called instead, once: whoever serves many terminals waits for none of them.
 */
export const createOutlet = (
  write: (bytes: string, done: () => void) => void,
  caughtUp: () => void,
  fellBehind?: () => void,
): Outlet => {
  let waiting = 0;
  let leftOut = false;
  let keepsAll = false;
  let last = Promise.resolve();
  const gone = Promise.withResolvers<void>();
  let isGone = false;
  const wasTaken = (length: number): void => {
    waiting -= length;
    if (waiting > 0 || !leftOut || keepsAll) return;
    leftOut = false;
    caughtUp();
  };
  return {
    send: bytes => {
      if (isGone) return;
      if (waiting > mostWaiting && !keepsAll) {
        if (fellBehind && !leftOut) fellBehind();
        leftOut = true;
        return;
      }
      waiting += bytes.length;
      const { promise, resolve } = Promise.withResolvers<void>();
      last = promise;
      write(bytes, () => {
        wasTaken(bytes.length);
        resolve();
      });
    },
    keepAll: () => {
      keepsAll = true;
    },
    taken: () => Promise.race([last, gone.promise]),
    giveUp: () => {
      isGone = true;
      gone.resolve();
    },
  };
};
