import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { open } from 'sqlite';
import sqlite3 from 'sqlite3';
import ssh2 from 'ssh2';
import { program, workplace } from './program.ts';
import { seededCopy } from './seed.ts';
import { headless, type Server } from './servers.ts';

/** Somebody who comes in with a key. */
export type KeyOwner = { username: string; privateKey: string };

export type Doors = Server & {
  sshPort: number;
  /** Superusers with a key each. */
  owners: KeyOwner[];
};

/** A key pair: the private key as a file holds it, and the line of the public one. */
export const newKeyPair = (): { private: string; public: string } => {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    // One of about 140 that ssh2 makes is malformed.
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
};

/** Resolves when somebody listens there. */
export const listens = async (port: number): Promise<void> => {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await setTimeout(5);
    } finally {
      socket.destroy();
    }
  }
};

/** Headless mode with the SSH door on the next port, on a database of so many users; so many superusers have a key. */
export const bothDoors = async (users: number, port: number, keys: number): Promise<Doors> => {
  const place = workplace();
  const path = await seededCopy(users, place.directory);
  const env = {
    ...place.env,
    LANGINFRA_DATABASE_URL: `sqlite:///${path}`,
    LANGINFRA_LOG_LEVEL: 'silent',
    LANGINFRA_BCRYPT_COST: '10',
  };
  const db = await open({ filename: path, driver: sqlite3.Database });
  const superusers = await db.all<{ username: string }[]>(
    'select username from user where is_superuser and is_active order by username limit ?',
    keys,
  );
  await db.close();
  const owners = superusers.map(({ username }): KeyOwner => {
    const pair = newKeyPair();
    const file = join(place.directory, 'key.pub');
    writeFileSync(file, pair.public);
    execFileSync(process.execPath, [...program, 'users', 'keys', 'add', username, file], {
      env,
      stdio: 'ignore',
    });
    return { username, privateKey: pair.private };
  });
  const sshPort = port + 1;
  const server = await headless(env, port, ['--ssh', '--ssh-port', String(sshPort)]);
  await listens(sshPort);
  return {
    ...server,
    sshPort,
    owners,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      place[Symbol.dispose]();
    },
  };
};
