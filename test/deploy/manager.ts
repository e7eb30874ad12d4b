import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect } from 'vitest';
import { eventually } from '../support/pty.ts';

/** Where a program is. Throws with the command that installs it. */
export const pathOf = (name: string, from: string): string => {
  const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/bin'];
  const path = places.map(place => join(place, name)).find(path => existsSync(path));
  if (!path) throw new Error(`These tests need ${name}, which is not here: apt-get install ${from}`);
  return path;
};

/** Prints each message as a line of JSON. Python is there wherever SQLite was compiled. */
const listening = `
import json, socket, sys
messages = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
messages.bind(sys.argv[1])
print('"listens"', flush=True)
while True:
    # Descriptors that come with a message are closed: systemd-notify waits for that.
    print(json.dumps(messages.recv(65536).decode()), flush=True)
`;

/** The socket on which a service manager listens, in that directory, and what it is told. */
export const openServiceManager = async (directory: string) => {
  const socket = join(directory, 'notify');
  const child = spawn(pathOf('python3', 'python3'), ['-c', listening, socket], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', chunk => {
    said += chunk;
  });
  const closed = once(child, 'close');
  const lines = (): string[] =>
    said
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line));
  await eventually(() => expect(lines()).toEqual(['listens']));
  return {
    socket,
    /** The messages so far, each with its lines; not those by which systemd-notify asks whether they were read. */
    heard: (): string[][] =>
      lines()
        .slice(1)
        .filter(message => message.trim() !== 'BARRIER=1')
        .map(message => message.split('\n')),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await closed;
    },
  };
};
