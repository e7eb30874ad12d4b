/** What a page and its console say to each other: each message is one of these, as JSON text. */

/** The size of the page's terminal, in characters. */
export type PageSize = { columns: number; rows: number };

/** How a page begins: with a console of its own, or with the one whose token it has. */
export type Opening = PageSize & {
  /** Whether the console is said line by line. */
  linear: boolean;
  token?: string | undefined;
};

export type FromPage = { open: Opening } | { keys: string } | { size: PageSize };

export type FromServer =
  /** The page has its console, and comes back to it by this token; the one before counts no more. */
  | { token: string }
  | { output: string }
  /** Nothing, so that the page knows that the connection stands. */
  | { beat: true };

/** How a connection ends where the page is not to come back by itself. All others mean that it was lost. */
export const endCodes = {
  /** The console has ended. */
  ended: 1000,
  /** The page said what no page says. */
  misspoken: 1008,
  /** The console has ended because something broke. */
  failed: 1011,
  /** There are too many consoles. */
  full: 1013,
  /** The same console was opened in another tab. */
  takenOver: 4001,
} as const;

/** And where the server stops, and may be back in a moment (RFC 6455). */
export const serverStops = 1012;

/** So long, in milliseconds, a console waits for a page that has lost its connection. */
export const keptFor = 60_000;
/** So often, in milliseconds, a page hears something. */
export const beatEvery = 25_000;
