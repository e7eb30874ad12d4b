import type { Connection } from 'ssh2';
import type { Accounts } from '../../accounts/accounts.ts';
import type { SignedIn } from '../../accounts/sessions.ts';
import { dashed } from '../../accounts/user-json.ts';
import { Refusal } from '../../refusal.ts';
import type { Sessions } from '../sessions.ts';
import { answerInFull } from './answers.ts';
import { authenticate } from './authentication.ts';
import { refuseChannel, serveChannel } from './channel.ts';
import type { RunCommand } from './command-channel.ts';
import type { Visitor } from './gate.ts';
import type { SshLog } from './log.ts';
import { isOurs } from './own-errors.ts';
import { watchSession } from './watch-session.ts';

/** What a connection works with. */
export type ConnectionNeeds = {
  accounts: Accounts;
  sessions: Sessions;
  log: SshLog;
  /** The client's. */
  address: string;
  /** See Visitor. */
  reached: Visitor['reached'];
  taken: Visitor['taken'];
  drop: Visitor['drop'];
  runCommand: RunCommand;
};

/** So many consoles and commands may be open on one connection at a time (OpenSSH's MaxSessions). */
const mostChannels = 10;
/** A connection on which nothing is open ends after so many milliseconds. */
const mostIdle = 600_000;
/** One that has one connection too many may open something for so many milliseconds, which is told that. */
const mostCrowded = 5000;
/** So long, in milliseconds, consoles may take to give the terminal back when the session has ended. */
const leavingTime = 1000;

export type ServedConnection = {
  /** Resolves when the client is gone and its session has ended. */
  ended: Promise<void>;
  /** Lets nothing more be opened on it. Resolves when nothing is open: the client has been told how all of that ended. */
  quiet: () => Promise<void>;
};

/** One client, from the first word to the last. What goes wrong on its connection is logged, and is nobody else's trouble. */
export const serveConnection = (
  client: Connection,
  visitor: Visitor,
  needs: ConnectionNeeds,
): ServedConnection => {
  const { accounts, log, address } = needs;
  const gone = new AbortController();
  let signedIn: SignedIn | undefined;
  /** Why nothing can be opened on it. SSH has no words for it at the sign-in. */
  let crowded: Refusal | undefined;
  let channels = 0;
  let isClosing = false;
  let idle: NodeJS.Timeout | undefined;
  const whenQuiet: (() => void)[] = [];
  let stopWatching = (): void => {};

  const restAfter = (milliseconds: number): void => {
    clearTimeout(idle);
    if (channels === 0) idle = setTimeout(() => client.end(), milliseconds).unref();
  };

  client.on('error', (error: Error & { level?: string }) => {
    if (isOurs(error)) return log.error(error, 'connection broken', { address });
    const { level: part = 'protocol', message } = error;
    if (part === 'handshake') log.warn('handshake failed', { address, reason: message });
    else log.info('connection failed', { address, part, reason: message });
  });
  const ended = new Promise<void>(resolve => client.once('close', resolve)).then(async () => {
    gone.abort(new Refusal('hung_up'));
    clearTimeout(idle);
    stopWatching();
    if (!signedIn) return;
    log.info('disconnected', { address, user: dashed(signedIn.user.id) });
    await accounts.sessions
      .end(signedIn.session.id, signedIn.actor.from)
      .catch(error => log.error(error, 'session not ended', { address }));
  });
  const rejectWith = answerInFull(client);
  authenticate({
    client,
    accounts,
    address,
    log,
    gone: gone.signal,
    signedIn: who => {
      signedIn = who;
      crowded = visitor.signedIn(who.user.id);
      log.info('signed in', { address, user: dashed(who.user.id) });
      if (crowded) log.warn('connection refused', { address, reason: crowded.code });
      // From now on, before anything can change: what is about this session alone is told.
      stopWatching = watchSession(accounts, who, () => {
        // Its consoles have found out, too, and say so.
        setTimeout(() => client.end(), channels === 0 ? 0 : leavingTime).unref();
      });
    },
  });
  client.once('ready', () => {
    if (!signedIn) return void client.end();
    restAfter(crowded ? mostCrowded : mostIdle);
  });
  client.on('session', (accept, reject) => {
    if (isClosing) return rejectWith(reject, new Refusal('server_stopping'));
    if (!signedIn || channels >= mostChannels)
      return rejectWith(reject, new Refusal('too_many_channels', { most: mostChannels }));
    const session = accept();
    channels += 1;
    clearTimeout(idle);
    session.once('close', () => {
      channels -= 1;
      restAfter(crowded ? 0 : mostIdle);
      if (channels === 0) for (const told of whenQuiet.splice(0)) told();
    });
    if (crowded) refuseChannel(session, crowded);
    else serveChannel(needs, signedIn, session, gone.signal);
  });
  return {
    ended,
    quiet: async () => {
      isClosing = true;
      if (channels > 0) await Promise.race([ended, new Promise<void>(told => whenQuiet.push(told))]);
    },
  };
};
