import { Refusal } from '../refusal.ts';
import { type Settings, variablesOfDatabase } from '../settings.ts';
import { openWorld } from '../world.ts';
import { note, sayLongUpgrade } from './output.ts';
import type { RunFlags } from './run-options.ts';
import { settingsOf } from './with-world.ts';

/** Opens the console on this terminal, or serves HTTP and SSH; `version` is ours. */
export const handler = async (flags: RunFlags, version: string): Promise<void> => {
  refuseIdle(flags);
  const settings = settingsOf(flags);
  if (!flags.headless && !flags.ssh) return runConsole(settings, flags);
  const { serve } = await import('./serve.ts');
  return serve(settings, flags, version);
};

/**
 * Refuses what is said of a door that is not opened: its port would be waited at in vain, and so would a console that is
 * drawn in ASCII or said. Throws wrong_use.
 */
const refuseIdle = (flags: RunFlags): void => {
  const { headless, ssh, host, port, sshHost, sshPort } = flags;
  const idle = [
    ...(headless
      ? []
      : ([
          ['--host', host, '--headless'],
          ['--port', port, '--headless'],
        ] as const)),
    ...(ssh
      ? []
      : ([
          ['--ssh-host', sshHost, '--ssh'],
          ['--ssh-port', sshPort, '--ssh'],
        ] as const)),
  ];
  for (const [option, value, door] of idle) {
    if (value !== undefined)
      throw new Refusal('wrong_use', {
        sentence: `${option} is nothing without ${door}: add it, or leave ${option} out`,
      });
  }
  const served = headless ? '--headless' : ssh && '--ssh';
  const [looks] = [flags.ascii && '--ascii', flags.screenReader && '--screen-reader'].filter(Boolean);
  if (served && looks)
    throw new Refusal('wrong_use', {
      sentence: `${looks} is about the console on this terminal, and ${served} opens none: leave ${looks} out`,
    });
};

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
