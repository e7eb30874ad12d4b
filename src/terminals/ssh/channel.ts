import type { ServerChannel, Session } from 'ssh2';
import type { SignedIn } from '../../accounts/sessions.ts';
import { Refusal } from '../../refusal.ts';
import type { Size } from '../../screens/layer.ts';
import type { RemoteSession } from '../remote.ts';
import { openCommandChannel } from './command-channel.ts';
import type { ConnectionNeeds } from './connection.ts';
import { openConsoleChannel } from './console-channel.ts';
import { holdToWindow } from './window.ts';

/** Variables of the client that count: what each changes is how this one terminal is drawn. All others are ignored. */
const lookVariables: readonly string[] = ['NO_COLOR', 'INK_SCREEN_READER'];

/** Gives the channel; undefined where something is open on it already, whatever ssh2's types say. See answers.ts. */
type Accept = () => ServerChannel | undefined;

/**
 * What a client may do on one channel: open the console on a terminal, or run a command. Everything else is refused, with
 * a sentence where SSH has a place for one. `gone` is aborted when the client is gone.
 */
export const serveChannel = (
  needs: ConnectionNeeds,
  signedIn: SignedIn,
  session: Session,
  gone: AbortSignal,
): void => {
  const look: Record<string, string> = {};
  let terminal: { term: string; size: Partial<Size> } | undefined;
  let open: RemoteSession | undefined;
  const sizeOf = ({ cols, rows }: { cols: number; rows: number }): Partial<Size> => ({ columns: cols, rows });

  const opened = (accept: Accept): ServerChannel | undefined => {
    const channel = accept();
    if (!channel) return undefined;
    holdToWindow(channel, () => {
      needs.log.warn('sent more than it may', { address: needs.address });
      needs.drop();
    });
    letGo(channel, session, gone);
    return channel;
  };
  const broken = (error: Error): void => needs.log.error(error, 'channel broken', { address: needs.address });

  session.on('pty', (accept, _reject, info) => {
    // ssh2's types leave the name of the terminal out.
    const { term = '' } = info as { term?: string };
    terminal = { term, size: sizeOf(info) };
    accept?.();
  });
  session.on('window-change', (accept, _reject, info) => {
    if (terminal) terminal.size = sizeOf(info);
    open?.resize(sizeOf(info));
    accept?.();
  });
  session.on('env', (accept, _reject, { key, val }) => {
    if (lookVariables.includes(key)) look[key] = val;
    accept?.();
  });
  session.on('shell', accept => {
    const channel = opened(accept);
    if (!channel) return;
    if (!terminal) return refuse(channel, new Refusal('console_needs_pty'));
    const { term, size } = terminal;
    const isDumb = term === 'dumb' || term === '';
    const linear = isDumb || look.INK_SCREEN_READER === 'true';
    const colourless = isDumb || Boolean(look.NO_COLOR);
    openConsoleChannel(needs, signedIn, channel, { term, size, linear, colourless }).then(console => {
      open = console;
      if (terminal && terminal.size !== size) console?.resize(terminal.size);
    }, broken);
  });
  session.on('exec', (accept, _reject, { command }) => {
    const channel = opened(accept);
    if (!channel) return;
    const call = { channel, session, command, isTerminal: terminal !== undefined };
    openCommandChannel(needs, signedIn, call).catch(broken);
  });
  // sftp comes as one, too.
  session.on('subsystem', accept => refuse(opened(accept), new Refusal('no_subsystem')));
};

/**
 * Takes what a client has sent when it is gone, or has closed the channel: ssh2 tells that the channel is closed only when all
 * of that was read, which a command that reads nothing would wait for.
 */
const letGo = (channel: ServerChannel, session: Session, gone: AbortSignal): void => {
  const take = (): void => {
    gone.removeEventListener('abort', take);
    channel.unpipe();
    channel.resume();
  };
  session.once('close', take);
  gone.addEventListener('abort', take);
};

/** Answers whatever a client wants to open on a channel with a sentence. */
export const refuseChannel = (session: Session, refusal: Refusal): void => {
  session.on('pty', accept => accept?.());
  session.on('shell', accept => refuse(accept(), refusal));
  session.on('exec', accept => refuse(accept(), refusal));
  session.on('subsystem', accept => refuse(accept(), refusal));
};

const refuse = (channel: ServerChannel | undefined, refusal: Refusal): void => {
  if (!channel) return;
  channel.on('error', () => {});
  channel.stderr.write(`langinfra: ${refusal.message}\r\n`);
  channel.exit(refusal.exit);
  channel.end();
  // What it sends until it has read that is of no use to anybody.
  channel.resume();
};
