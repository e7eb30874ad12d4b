import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { answerOf, type Request, requestOf } from './load.ts';
import { program } from './program.ts';

/** A server of its own process. */
export type Server = {
  pid: number;
  port: number;
  /** Milliseconds from its start to its first answer. */
  answeredAfter: number;
  [Symbol.asyncDispose]: () => Promise<void>;
};

const answers = (port: number, request: Request): Promise<boolean> =>
  answerOf(port, request).then(
    () => true,
    () => false,
  );

/** Starts a Node program, and gives it once it answers on that port and path. */
export const serve = async (
  args: readonly string[],
  { env, port, path, cwd }: { env: Record<string, string>; port: number; path: string; cwd?: string },
): Promise<Server> => {
  const request = requestOf(path);
  if (await answers(port, request)) throw new Error(`something else listens on port ${port}`);
  const started = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: 'ignore', ...(cwd && { cwd }) });
  while (!(await answers(port, request))) {
    if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended with ${child.exitCode}`);
    await setTimeout(1);
  }
  return {
    pid: child.pid as number,
    port,
    answeredAfter: performance.now() - started,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
};

/** Headless mode, with more words on its command line where there are any. */
export const headless = (
  env: Record<string, string>,
  port: number,
  more: readonly string[] = [],
): Promise<Server> =>
  serve([...program, 'run', '--headless', '--port', String(port), ...more], {
    env,
    port,
    path: '/health_check',
  });

/** node:http that answers this and nothing else. */
export const bare = (body: string, env: Record<string, string>, port: number): Promise<Server> =>
  serve([fileURLToPath(new URL('peers/bare.ts', import.meta.url)), String(port), body], {
    env,
    port,
    path: '/',
  });
