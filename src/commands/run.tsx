import { servingRisks, whyNotServe } from '../accounts/bootstrap.ts';
import { Refusal } from '../refusal.ts';
import { type Settings, variablesOfDatabase } from '../settings.ts';
import { openWorld } from '../world.ts';
import { firstSignal } from './first-signal.ts';
import { loadHttp } from './http-door.ts';
import { note, sayLongUpgrade, warn } from './output.ts';
import type { RunFlags } from './run-options.ts';
import { createServiceManager } from './service-manager.ts';
import { uncaughtOutside } from './uncaught.ts';
import { settingsOf } from './with-world.ts';

/** Opens the console on this terminal, or serves HTTP. */
export const handler = async (flags: RunFlags): Promise<void> => {
  const settings = settingsOf(flags);
  return flags.headless ? serve(settings) : runConsole(settings, flags);
};

const serve = async (settings: Settings): Promise<void> => {
  const unsafe = whyNotServe(settings);
  if (unsafe) throw new Refusal('unsafe_auto_login', unsafe);
  // The database opens while the server is loaded.
  const [world, open, { createSessions }] = await Promise.all([
    openWorld(settings, { create: true, onLongUpgrade: sayLongUpgrade, door: 'http' }),
    loadHttp(),
    import('../terminals/sessions.ts'),
  ]);
  const sessions = createSessions();
  const { accounts, superuser, store } = world;
  try {
    // Before it listens: where the port is taken, a superuser may have been made all the same.
    for (const notice of await accounts.bootstrap.prepare(superuser)) say(notice);
    const stopped = firstSignal();
    const broken = uncaughtOutside(sessions);
    const server = await open(world, sessions);
    for (const risk of servingRisks(settings)) warn(risk);
    if (!settings.autoLogin && (await accounts.users.needsFirstSuperuser()))
      say(`There is no superuser yet. ${makeOne}`);
    say(`listening on ${server.url}, database ${store.path}`);
    const serviceManager = createServiceManager(settings.surroundings.notify, warn);
    // Nobody who asks for something waits for it.
    void serviceManager.ready(server.url);
    let stopping = false;
    accounts.bootstrap.passwordNotice(superuser).then(
      notice => notice && say(notice),
      // The stop interrupts the check; nobody waits for it then.
      (error: Error) => stopping || warn(error.message),
    );
    await Promise.race([stopped, broken]);
    stopping = true;
    say('stopping: running requests are finished first');
    await Promise.all([server.close(), serviceManager.stopping()]);
  } finally {
    await world.close();
  }
};

const makeOne = 'Make one with: langinfra superuser';
const say = (text: string): void => note(`langinfra: ${text}`);

const runConsole = async (settings: Settings, { ascii, screenReader }: RunFlags): Promise<void> => {
  if (!process.stdin.isTTY || !process.stdout.isTTY) throw new Refusal('no_terminal');
  // The database opens while the screens are loaded.
  const [world, { runLocalConsole }] = await Promise.all([
    openWorld(settings, { create: true, onLongUpgrade: sayLongUpgrade, door: 'local' }),
    import('../terminals/local.tsx'),
  ]);
  const { accounts, superuser } = world;
  try {
    const notices = await accounts.bootstrap.prepare(superuser);
    const linear = screenReader || settings.surroundings.linear;
    // What is drawn covers what was printed, and shows it again. What is said line by line is said once.
    if (!linear) for (const notice of notices) say(notice);
    await runLocalConsole({
      accounts,
      // The screen has a colour for them.
      notices: [
        ...notices.map(notice => notice.replace(/^warning: /, '')),
        ...(linear ? [] : settings.warnings),
      ],
      surroundings: settings.surroundings,
      envFile: settings.envFile,
      variables: variablesOfDatabase(settings),
      ascii,
      linear,
      lateNotice: () => accounts.bootstrap.passwordNotice(superuser),
    });
  } finally {
    await world.close();
  }
};
