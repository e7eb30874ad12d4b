import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { NotifyEnvironment } from '../settings.ts';

const run = promisify(execFile);

/**
 * How long a message may take, in milliseconds. `systemd-notify` stays until the service manager has read it, so that
 * the message counts as ours, and gives up by itself after 5 s. The end of the program does not wait so long.
 */
const patience = { ready: 10_000, stopping: 2000 };

/**
 * Tells the service manager that started this process what it does, by the protocol of sd_notify(3). Node has no
 * datagram sockets of the kind it takes, so `systemd-notify` sends the messages. Without a service manager that wants
 * to know, nothing is done. What goes wrong is said once, by `complain`, and is no failure.
 */
export const createServiceManager = (
  environment: NotifyEnvironment | undefined,
  complain: (text: string) => void,
) => {
  let takesMessages = environment !== undefined;
  const ending = new AbortController();
  const tell = async (
    message: string[],
    limits: { timeout: number; signal?: AbortSignal },
  ): Promise<void> => {
    if (!takesMessages) return;
    try {
      await run('systemd-notify', message, { env: environment, killSignal: 'SIGKILL', ...limits });
    } catch (error) {
      if (limits.signal?.aborted) return;
      complain(`the service manager was not told ${message[0]}: ${reasonOf(error)}`);
      takesMessages = false;
    }
  };
  return {
    /** Says that requests are served from now on, and where; `systemctl status` shows it. */
    ready: (url: string) =>
      tell(['READY=1', `STATUS=listening on ${url}`], { timeout: patience.ready, signal: ending.signal }),
    /** Says that the end has begun. */
    stopping: () => {
      ending.abort();
      return tell(['STOPPING=1', 'STATUS=finishing running requests'], { timeout: patience.stopping });
    },
  };
};

const reasonOf = (error: unknown): string => {
  const { code, killed, stderr } = error as { code?: unknown; killed?: boolean; stderr?: string };
  if (code === 'ENOENT') return 'systemd-notify is not installed';
  if (killed) return 'it takes no message';
  return stderr?.trim() || `systemd-notify failed (${code})`;
};
