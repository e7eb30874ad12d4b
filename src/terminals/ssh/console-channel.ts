import type { ServerChannel } from 'ssh2';
import type { SignedIn } from '../../accounts/sessions.ts';
import { Refusal } from '../../refusal.ts';
import type { Size } from '../../screens/layer.ts';
import { openRemoteSession, type RemoteSession } from '../remote.ts';
import type { ConnectionNeeds } from './connection.ts';

/** The terminal of a client, as it described itself. */
export type ClientTerminal = { term: string; size: Partial<Size>; colourless: boolean; linear: boolean };

/** Ends a channel with its exit status, after a sentence where there is one to be said. */
export const leaveWith = (channel: ServerChannel, code: number, sentence?: string): void => {
  if (!channel.writable) return;
  if (sentence) channel.write(`${sentence}\r\n`);
  channel.exit(code);
  channel.end();
  // Keys that come now are for nobody.
  channel.resume();
};

/** How a console that has ended is told to the client: the sentence and the exit status. */
const outcomeOf = (error: Error | undefined): { code: number; sentence?: string } => {
  if (!error) return { code: 0 };
  const refusal = error instanceof Refusal ? error : new Refusal('session_broken');
  return { code: refusal.exit, sentence: `langinfra: ${refusal.message}` };
};

/** The console on a channel. Resolves when it has ended and its terminal is as it was; gives how to resize it meanwhile. */
export const openConsoleChannel = async (
  { accounts, sessions, log, address, reached, taken }: ConnectionNeeds,
  signedIn: SignedIn,
  channel: ServerChannel,
  terminal: ClientTerminal,
): Promise<RemoteSession | undefined> => {
  let isClosed = false;
  channel.on('error', () => {});
  channel.once('close', () => {
    isClosed = true;
  });
  const open = (): Promise<RemoteSession> =>
    openRemoteSession({
      accounts,
      signedIn,
      from: { ...signedIn.actor.from, door: 'ssh', address },
      ssh: reached,
      terminal: {
        write: (chunk, done) => {
          if (channel.writable && !isClosed) channel.write(chunk, () => taken(done));
          else done();
        },
        size: terminal.size,
        colourless: terminal.colourless,
        ascii: /^linux(-|$)/.test(terminal.term),
        linear: terminal.linear,
      },
    });
  let session: RemoteSession;
  try {
    session = await sessions.open(signedIn.user.id, open);
  } catch (error) {
    if (!(error instanceof Refusal)) log.error(error as Error, 'console not opened', { address });
    const { code, sentence } = outcomeOf(error as Error);
    leaveWith(channel, code, sentence);
    return undefined;
  }
  session.ended.then(
    ({ error }) => {
      if (error && !(error instanceof Refusal)) log.error(error, 'console broken', { address });
      const { code, sentence } = outcomeOf(error);
      leaveWith(channel, code, sentence);
    },
    error => {
      log.error(error, 'console not closed', { address });
      leaveWith(channel, 1);
    },
  );
  channel.once('close', session.drop);
  if (isClosed) session.drop();
  channel.on('data', (keys: Buffer) => {
    channel.pause();
    session.type(keys).then(
      () => channel.resume(),
      error => session.fail(error),
    );
  });
  // As a terminal whose other end was closed.
  channel.once('end', session.quit);
  return session;
};
