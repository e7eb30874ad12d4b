import { grouped } from '../text.ts';
import type { CommonFlags } from './with-world.ts';

/** Fewer are changed before a line could be read. */
const few = 1000;

/**
 * A line on a terminal's stderr that counts up to the total, and is gone at the end; nothing where there is no terminal.
 * `tell` throws the reason of the caller's signal once that is aborted: what is changed for somebody who is gone, and as a
 * whole, ends as where a process was killed, and holds up nobody else.
 */
export const showProgress = ({ caller }: CommonFlags, total: number) => {
  const isShown = !caller && process.stderr.isTTY === true && total > few;
  return {
    tell: (done: number): void => {
      caller?.signal.throwIfAborted();
      if (isShown) process.stderr.write(`\r${grouped(done)} of ${grouped(total)}`);
    },
    end: (): void => {
      if (isShown) process.stderr.write('\r\x1b[K');
    },
  };
};
