import type { Readable } from 'node:stream';
import type { Actor } from '../accounts/actor.ts';
import type { World } from '../world.ts';
import type { Output } from './output.ts';

/**
 * Somebody at a remote door who calls a command that runs in this process: on the world that is open here, as who they
 * have signed in as, with streams of their own. A command without one is called by the process's own user.
 */
export type Caller = {
  world: World;
  actor: Actor;
  output: Output;
  stdin: Readable;
  /** Whether a person types there. */
  isTerminal: boolean;
  /** Aborted when they are gone, or have had enough. */
  signal: AbortSignal;
};
