import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Server, serve } from './servers.ts';

const version = '1.7.25';
const folder = join(tmpdir(), `langinfra-bench-better-auth-${version}`);
const peer = fileURLToPath(new URL('peers/better-auth.mjs', import.meta.url));

/** The folder with better-auth in it, installed by npm at the first call and kept. Nothing where npm cannot. */
const installed = (): string | undefined => {
  if (existsSync(folder)) return folder;
  process.stderr.write(`installing better-auth ${version} in ${folder}\n`);
  // Under another name until it is whole.
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft);
  writeFileSync(join(draft, 'package.json'), '{ "private": true }');
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--save-exact'];
  try {
    execFileSync('npm', ['install', ...options, `better-auth@${version}`], { cwd: draft, stdio: 'ignore' });
    renameSync(draft, folder);
    return folder;
  } catch (error) {
    process.stderr.write(`better-auth is not here to compare with: ${(error as Error).message}\n`);
    rmSync(draft, { recursive: true, force: true });
    return undefined;
  }
};

export type Peer = {
  /** A server of it on that database, which it makes where it is missing. */
  serve: (database: string, port: number, options?: { cookieCache?: boolean }) => Promise<Server>;
  /** Makes a check of that password by its own hash, as its sign-in does it. */
  checkOf: (password: string) => Promise<() => Promise<boolean>>;
};

/** better-auth, which is no dependency of ours. Nothing where it cannot be had: the rest is measured without it. */
export const betterAuthPeer = (): Peer | undefined => {
  const cwd = installed();
  if (cwd === undefined) return undefined;
  // It finds its packages from where it stands.
  const file = join(cwd, 'server.mjs');
  copyFileSync(peer, file);
  const env = { PATH: process.env.PATH ?? '', NODE_ENV: 'production' };
  return {
    serve: (database, port, { cookieCache = false } = {}) =>
      serve([file, database, String(port), String(cookieCache)], { env, port, path: '/api/auth/ok', cwd }),
    checkOf: async password => {
      const path = createRequire(file).resolve('better-auth/crypto');
      const { hashPassword, verifyPassword } = await import(pathToFileURL(path).href);
      const hash: string = await hashPassword(password);
      return () => verifyPassword({ hash, password });
    },
  };
};
