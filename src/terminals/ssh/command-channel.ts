import type { ServerChannel, Session } from 'ssh2';
import type { SignedIn } from '../../accounts/sessions.ts';
import type { ConnectionNeeds } from './connection.ts';

/** Does what a command line says, as somebody who has signed in. Gives the exit code. */
export type RunCommand = (call: CommandCall) => Promise<number>;
export type CommandCall = { signedIn: SignedIn; command: string };

export const openCommandChannel = (
  _needs: ConnectionNeeds,
  _signedIn: SignedIn,
  _call: { channel: ServerChannel; session: Session; command: string; isTerminal: boolean },
): void => {};
