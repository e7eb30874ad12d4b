import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'vitest';
import { endProcess } from './processes.ts';
import { good, type Newcomer, program } from './program.ts';
import { eventually, keys } from './pty.ts';

/** What becomes of each user that a writer adds, one after the other. Every second one is not deleted. */
export const steps = ['added', 'active', 'superuser', 'deleted'] as const;
export type Step = (typeof steps)[number];

/** Writes by one door until it is killed, and is begun again then. A step that resolves to true is confirmed. */
type Door = {
  kill: () => Promise<void>;
  take: (step: Step, username: string) => Promise<boolean>;
};

export type Writer = ReturnType<typeof startWriter>;

/** Goes on writing by a door. `begin` opens it; that is done again whenever it was killed. */
export const startWriter = (name: string, begin: () => Promise<Door>) => {
  /** The last step of each user that was confirmed; none where not even the first one was. */
  const confirmed = new Map<string, Step | undefined>();
  let door: Promise<Door> | undefined;
  let isOpen = false;
  let isStopped = false;

  const writeUntilKilled = async ({ take }: Door): Promise<void> => {
    while (!isStopped) {
      const username = `${name}-${confirmed.size}`;
      const ofThisOne = confirmed.size % 2 === 0 ? steps : steps.slice(0, -1);
      confirmed.set(username, undefined);
      for (const step of ofThisOne) {
        if (!(await take(step, username))) return;
        confirmed.set(username, step);
      }
    }
  };
  const writing = (async () => {
    while (!isStopped) {
      door = begin();
      const opened = await door;
      isOpen = true;
      await writeUntilKilled(opened);
    }
  })();
  // Whoever waits for it is told.
  writing.catch(() => {});

  return {
    confirmed,
    /** Waits until it is open and writes. Throws what went wrong but being killed. */
    writes: () =>
      Promise.race([eventually(() => expect(isOpen, `${name} writes`).toBe(true), 60_000), writing]),
    kill: async () => {
      isOpen = false;
      await (await door)?.kill();
    },
    /** Lets it finish what it is at. */
    stop: async () => {
      isStopped = true;
      await writing;
      await (await door)?.kill();
    },
    [Symbol.asyncDispose]: async () => {
      isStopped = true;
      await (await door?.catch(() => undefined))?.kill();
      await writing.catch(() => {});
    },
  };
};

/** By commands, one process for each step. */
export const commandDoor = async (me: Newcomer): Promise<Door> => {
  let running: ReturnType<typeof spawn> | undefined;
  let isKilled = false;
  const [file = '', ...node] = program;
  const run = async (args: string[], input = ''): Promise<boolean> => {
    if (isKilled) return false;
    const child = spawn(file, [...node, 'users', ...args], { cwd: me.home, env: me.env });
    running = child;
    let stderr = '';
    child.stdout.resume();
    child.stderr.setEncoding('utf8').on('data', text => {
      stderr += text;
    });
    child.stdin.on('error', () => {}).end(input);
    const [code] = await once(child, 'close');
    if (code === null && isKilled) return false;
    expect({ args, code, stderr }).toMatchObject({ code: 0 });
    return true;
  };
  return {
    kill: async () => {
      isKilled = true;
      running?.kill('SIGKILL');
    },
    take: (step, username) =>
      ({
        added: () => run(['add', username, '--password-stdin'], good),
        active: () => run(['activate', username]),
        superuser: () => run(['promote', username]),
        deleted: () => run(['delete', username, '--yes']),
      })[step](),
  };
};

/** By requests to a server, with a token that somebody got earlier. */
export const httpDoor = async (me: Newcomer, bearer: string): Promise<Door> => {
  const server = await me.serve();
  let isKilled = false;
  let id = '';
  const call = async (what: string, status: number, json?: object): Promise<boolean> => {
    try {
      const answer = await server.call(what, { bearer, json });
      expect({ what, ...answer }).toMatchObject({ status });
      id = answer.body.id ?? id;
      return true;
    } catch (error) {
      if (isKilled && error instanceof TypeError) return false;
      throw error;
    }
  };
  return {
    kill: async () => {
      isKilled = true;
      await server.kill();
    },
    take: (step, username) =>
      ({
        added: () => call('POST /api/v1/users/', 201, { username, password: good, is_active: false }),
        active: () => call(`PATCH /api/v1/users/${id}`, 200, { is_active: true }),
        superuser: () => call(`PATCH /api/v1/users/${id}`, 200, { is_superuser: true }),
        deleted: () => call(`DELETE /api/v1/users/${id}`, 200),
      })[step](),
  };
};

/** By the keys of a console on a terminal, to which that superuser signs in. */
export const consoleDoor = async (me: Newcomer, superuser: string): Promise<Door> => {
  const ui = me.terminal();
  let isKilled = false;
  const shows = async (text: RegExp): Promise<boolean> => {
    await eventually(
      () => expect(isKilled ? text.source : ui.screen()).toMatch(isKilled ? '' : text),
      60_000,
    );
    return !isKilled;
  };
  const type = (...typed: string[]): void => {
    if (!isKilled) ui.type(...typed);
  };
  await shows(/Sign in/);
  type(superuser, keys.enter, good, keys.enter);
  await shows(/Admin Page/);
  return {
    kill: async () => {
      isKilled = true;
      endProcess(ui.pid);
      await ui[Symbol.asyncDispose]();
    },
    take: (step, username) => {
      const flags = (active: string, isSuperuser: string) =>
        new RegExp(`› ${username}[\\w ]* \\[${active}\\] +\\[${isSuperuser}\\]`);
      const press = {
        added: () => {
          type('n', username, keys.tab, good, keys.tab, good, keys.ctrl('s'));
          return shows(flags(' ', ' '));
        },
        active: () => {
          type('a');
          return shows(flags('x', ' '));
        },
        superuser: () => {
          type('s');
          return shows(flags('x', 'x'));
        },
        deleted: () => {
          type('d', 'y');
          return shows(new RegExp(`${username} was deleted`));
        },
      };
      return press[step]();
    },
  };
};
