import { PassThrough, type Readable, Writable } from 'node:stream';
import type { ServerChannel, Session } from 'ssh2';
import type { Actor } from '../../accounts/actor.ts';
import type { SignedIn } from '../../accounts/sessions.ts';
import { Refusal } from '../../refusal.ts';
import { greetingOf } from '../../screens/greeting.ts';
import type { Occupant } from '../sessions.ts';
import type { ConnectionNeeds } from './connection.ts';
import { typedLines } from './typed-lines.ts';

/** A command line, whose it is, and the streams that it reads and writes. */
export type CommandCall = {
  actor: Actor;
  command: string;
  stdin: Readable;
  /** Whether a person types what comes from stdin. */
  isTerminal: boolean;
  stdout: Writable;
  stderr: Writable;
  /** Aborted when the client is gone, or has had enough: with hung_up, or command_cut_off where the server stops. */
  signal: AbortSignal;
};

/** Does what a command line says. Gives the exit code, having said what went wrong; rejects where something is broken. */
export type RunCommand = (call: CommandCall) => Promise<number>;

export type CommandChannel = {
  channel: ServerChannel;
  session: Session;
  command: string;
  /** Whether the client has a terminal: it draws what comes as it is, and sends keys. */
  isTerminal: boolean;
};

/** Signals (RFC 4254, section 6.9) after which nobody waits for a command any more. */
const endings: readonly string[] = ['INT', 'TERM', 'HUP', 'QUIT', 'KILL'];

/** Runs a command for a client, and ends its channel with the exit status. */
export const openCommandChannel = async (
  needs: ConnectionNeeds,
  signedIn: SignedIn,
  call: CommandChannel,
): Promise<void> => {
  const { log, address, sessions } = needs;
  const { channel, session } = call;
  const gone = new AbortController();
  const hangUp = (): void => gone.abort(new Refusal('hung_up'));
  const { stdin, stdout, stderr } = streamsOf(needs, call, hangUp);
  const leave = (): void => {
    hangUp();
    for (const stream of [stdin, stdout, stderr]) stream.destroy();
  };
  let isCutOff = false;
  /** What it says is not all that it would have said from now on, whatever it thinks of that itself. */
  const cutOff = (): void => {
    isCutOff = true;
    const refusal = new Refusal('command_cut_off');
    gone.abort(refusal);
    for (const stream of [stdin, stdout]) stream.destroy();
    stderr.write(`langinfra: ${refusal.message}\n`);
    // At once: a client that does not read holds up the sentence, and would never learn of it.
    channel.exit(refusal.exit);
  };
  channel.on('error', () => {});
  channel.once('close', leave);
  session.on('signal', (accept, _reject, { name }) => {
    accept?.();
    if (endings.includes(name)) leave();
  });

  const run = async (): Promise<number> => {
    const { actor } = signedIn;
    const { command, isTerminal } = call;
    const { signal } = gone;
    const greeting = greetingOf(signedIn);
    if (greeting) stderr.write(`${greeting.text}\n`);
    return needs.runCommand({ actor, command, isTerminal, stdin, stdout, stderr, signal });
  };
  const outcome = Promise.withResolvers<number>();
  const broken = (error: Error): void => {
    log.error(error, 'command broken', { address });
    stderr.write(`langinfra: ${new Refusal('session_broken').message}\n`);
    outcome.resolve(1);
  };
  const open = async (): Promise<Occupant> => {
    run().then(outcome.resolve, broken);
    return { ended: outcome.promise, quit: cutOff, drop: leave, fail: broken };
  };
  try {
    await sessions.open(signedIn.user.id, open);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    stderr.write(`langinfra: ${error.message}\n`);
    outcome.resolve(error.exit);
  }
  const code = await outcome.promise;
  await Promise.all([stdout, stderr].map(flushed));
  // What it did not read is of no use to anybody.
  channel.resume();
  if (!channel.writable) return;
  if (!isCutOff) channel.exit(code);
  channel.end();
};

/** Resolves when all was written, or cannot be any more. */
const flushed = (stream: Writable): Promise<void> =>
  new Promise(resolve => {
    if (stream.destroyed) return resolve();
    stream.once('close', resolve);
    stream.end();
  });

const streamsOf = (
  { taken }: ConnectionNeeds,
  { channel, isTerminal }: CommandChannel,
  interrupt: () => void,
) => {
  let last = Promise.resolve();
  // One after the other: ssh2 forgets the one that waits where both do.
  const streamTo = (target: Pick<Writable, 'write'>): Writable =>
    new Writable({
      decodeStrings: false,
      write: (chunk, _encoding, done) => {
        const text = isTerminal ? String(chunk).replace(/\r?\n/g, '\r\n') : chunk;
        last = last.then(
          () =>
            new Promise(resolve => {
              const leave = (): void => {
                channel.off('close', leave);
                resolve();
                done();
              };
              channel.once('close', leave);
              if (channel.writable) target.write(text, () => taken(leave));
              else leave();
            }),
        );
      },
    });
  // Not the channel itself: whoever stops reading a stream destroys it.
  const stdin = isTerminal ? typedLines(interrupt) : new PassThrough();
  channel.pipe(stdin);
  const [stdout, stderr] = [streamTo(channel), streamTo(channel.stderr)];
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => {});
  return { stdin, stdout, stderr };
};
