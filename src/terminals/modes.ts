/** A switch of the terminal (DECSET, DECRST): `ESC [ ? 1049 h`. */
const switches = /\x1b\[\?([\d;]+)([hl])/g;
/** Synchronized output: on for the length of a frame only. */
const ofOneFrame = '2026';

/**
 * Remembers what a console has switched on and off on its terminal: the alternate screen, the cursor, bracketed paste.
 * Another terminal that takes over has to be switched the same way.
 */
export const createModes = () => {
  const modes = new Map<string, string>();
  return {
    watch: (output: string): void => {
      for (const [, numbers = '', position = ''] of output.matchAll(switches))
        for (const number of numbers.split(';')) if (number !== ofOneFrame) modes.set(number, position);
    },
    /** The bytes that switch everything as it is now. */
    again: (): string => [...modes].map(([number, position]) => `\x1b[?${number}${position}`).join(''),
  };
};
