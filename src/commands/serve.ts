import { setFlagsFromString } from 'node:v8';
import { servingRisks, whyNotServe } from '../accounts/bootstrap.ts';
import { Refusal } from '../refusal.ts';
import type { Settings } from '../settings.ts';
import { createSessions, type Sessions } from '../terminals/sessions.ts';
import { openWorld, type World } from '../world.ts';
import { loadHttp } from './http-door.ts';
import { note, sayLongUpgrade, warn } from './output.ts';
import { createServiceManager } from './service-manager.ts';
import { uncaughtOutside } from './uncaught.ts';

/** The doors to open. */
export type Doors = { headless: boolean; ssh: boolean };

/**
 * By so many percent of what was alive the heap may grow before V8 looks through all of it again. By itself it would take
 * three times as much on top, and a hundred consoles three times their memory, most of it frames of long ago.
 */
const heapGrowth = 30;

/** A door that is open. */
type Open = {
  /** Where, as a URL, and what a person should know of it. */
  url: string;
  about?: string;
  close: () => Promise<void>;
};

/**
 * Serves HTTP, SSH or both until a signal comes; `version` is ours. Throws unsafe_auto_login, port_in_use, ssh_port_in_use,
 * cannot_listen, and what opening the world and the host key throws.
 */
export const serve = async (settings: Settings, doors: Doors, version: string): Promise<void> => {
  const unsafe = doors.headless ? whyNotServe(settings) : undefined;
  if (unsafe) throw new Refusal('unsafe_auto_login', unsafe);
  setFlagsFromString(`--heap-growing-percent=${heapGrowth}`);
  // The database opens while the servers are loaded.
  const [world, openers] = await Promise.all([
    openWorld(settings, {
      create: true,
      onLongUpgrade: sayLongUpgrade,
      door: doors.headless ? 'http' : 'ssh',
    }),
    Promise.all([doors.headless && loadHttp(), doors.ssh && loadSsh(version)]),
  ]);
  const { accounts, superuser, store } = world;
  const open: Open[] = [];
  const sessions = createSessions();
  try {
    // Before it listens: where the port is taken, a superuser may have been made all the same.
    for (const notice of await accounts.bootstrap.prepare(superuser)) say(notice);
    const stopped = firstSignal();
    const broken = uncaughtOutside(sessions);
    for (const opener of openers) if (opener) open.push(await opener(world, sessions));
    if (doors.headless) for (const risk of servingRisks(settings)) warn(risk);
    const opened = [...(doors.headless ? ['http' as const] : []), ...(doors.ssh ? ['ssh' as const] : [])];
    if (await accounts.users.lacksSuperuserAt(opened)) say(`There is no superuser yet. ${makeOne}`);
    for (const { url, about } of open)
      say(`listening on ${[url, about, `database ${store.path}`].filter(Boolean).join(', ')}`);
    const serviceManager = createServiceManager(settings.surroundings.notify, warn);
    // Nobody who asks for something waits for it.
    void serviceManager.ready(open.map(({ url }) => url).join(' and '));
    let stopping = false;
    accounts.bootstrap.passwordNotice(superuser).then(
      notice => notice && say(notice),
      // The stop interrupts the check; nobody waits for it then.
      (error: Error) => stopping || warn(error.message),
    );
    await Promise.race([stopped, broken]);
    stopping = true;
    say('stopping: running requests are finished first');
    await Promise.all([serviceManager.stopping(), closeAll(open.splice(0))]);
  } finally {
    await closeAll(open);
    await world.close();
  }
};

const closeAll = async (open: readonly Open[]): Promise<void> => {
  await Promise.all(open.map(({ close }) => close()));
};

const loadSsh = async (version: string) => {
  const [{ listenSsh }, { openHostKey }, { createRemoteCommands }] = await Promise.all([
    import('../terminals/ssh/listen.ts'),
    import('../terminals/ssh/host-key.ts'),
    import('./remote.ts'),
  ]);
  return async (world: World, sessions: Sessions): Promise<Open> => {
    const { accounts, settings } = world;
    const hostKey = await openHostKey(settings.configDir);
    const { address, close } = await listenSsh({
      accounts,
      sessions,
      hostKey,
      runCommand: createRemoteCommands(world, version),
      host: settings.sshHost,
      port: settings.sshPort,
      logLevel: settings.logLevel,
    });
    return { url: `ssh://${address}`, about: `host key ${hostKey.fingerprint}`, close };
  };
};

/**
 * Resolves at the first one. A second signal, of either kind, ends the process at once. The handlers stay meanwhile: where
 * nobody handles a signal any more, Ink ends the process by it, with the screens of all clients still taken.
 */
const firstSignal = (): Promise<void> =>
  new Promise(resolve => {
    let isFirst = true;
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      const handle = (): void => {
        if (!isFirst) {
          process.off(name, handle);
          process.kill(process.pid, name);
        }
        isFirst = false;
        resolve();
      };
      process.on(name, handle);
    }
  });

const makeOne = 'Make one with: langinfra superuser';
const say = (text: string): void => note(`langinfra: ${text}`);
