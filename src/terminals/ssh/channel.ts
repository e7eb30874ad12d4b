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

/**
 * What a client may do on one channel: open the console on a terminal, or run a command. Everything else is refused, with
 * a sentence where SSH has a place for one.
 */
export const serveChannel = (needs: ConnectionNeeds, signedIn: SignedIn, session: Session): void => {
  const look: Record<string, string> = {};
  let terminal: { term: string; size: Partial<Size> } | undefined;
  let open: RemoteSession | undefined;
  const sizeOf = ({ cols, rows }: { cols: number; rows: number }): Partial<Size> => ({ columns: cols, rows });

  const opened = (accept: () => ServerChannel): ServerChannel => {
    const channel = accept();
    holdToWindow(channel, () => {
      needs.log.warn('sent more than it may', { address: needs.address });
      needs.drop();
    });
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
    const call = { channel: opened(accept), session, command, isTerminal: terminal !== undefined };
    openCommandChannel(needs, signedIn, call).catch(broken);
  });
  // sftp comes as one, too.
  session.on('subsystem', accept => refuse(opened(accept), new Refusal('no_subsystem')));
};

/** Answers whatever a client wants to open on a channel with a sentence. */
export const refuseChannel = (session: Session, refusal: Refusal): void => {
  session.on('pty', accept => accept?.());
  session.on('shell', accept => refuse(accept(), refusal));
  session.on('exec', accept => refuse(accept(), refusal));
  session.on('subsystem', accept => refuse(accept(), refusal));
};

const refuse = (channel: ServerChannel, refusal: Refusal): void => {
  channel.on('error', () => {});
  channel.stderr.write(`langinfra: ${refusal.message}\r\n`);
  channel.exit(refusal.exit);
  channel.end();
  // What it sends until it has read that is of no use to anybody.
  channel.resume();
};
