import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { inTurn, median, printRows, ratioOf, row } from './measure.ts';
import { program, workplace } from './program.ts';

const rounds = 3;
const batch = 10_000;

/** What .import fills: the same columns, and no two users with the same id or name. */
const table = `create table user (id char(32) not null primary key, username varchar not null unique,
  password varchar not null, is_active boolean not null, is_superuser boolean not null, create_at datetime not null,
  last_login_at datetime);`;

/**
 * Importing users with bcrypt hashes, beside `sqlite3 .import` of the same file into a table of its own (sqlite3 of Debian),
 * and exporting them. The program checks each row, seals each hash, makes a folder for each user, and has two dozen indexes and
 * the search index in the end; the shell has two indexes.
 */
export const transfer = async (users: number): Promise<void> => {
  using place = workplace();
  const csv = join(place.directory, 'users.csv');
  writeUsers(csv, users);
  const env = {
    ...place.env,
    LANGINFRA_AUTO_LOGIN: 'False',
    LANGINFRA_CONFIG_DIR: join(place.directory, 'c'),
  };
  const shellDatabase = join(place.directory, 'shell.db');
  const [command = '', ...args] = [process.execPath, ...program];
  const langinfra = (words: readonly string[], input = ''): void => {
    execFileSync(command, [...args, ...words], { env, input, stdio: ['pipe', 'ignore', 'ignore'] });
  };
  const timed = (work: () => void): number => {
    const started = performance.now();
    work();
    return (performance.now() - started) / 1000;
  };
  const taken = await inTurn(rounds, {
    langinfra: async () => {
      rmSync(env.LANGINFRA_CONFIG_DIR, { recursive: true, force: true });
      langinfra(['superuser', '--username', 'root'], 'correct horse battery');
      return timed(() => langinfra(['users', 'import', csv]));
    },
    export: async () =>
      timed(() => langinfra(['users', 'export', `${csv}.out`, '--with-hashes', '--overwrite'])),
    shell: async () => {
      rmSync(shellDatabase, { force: true });
      const input = `${table}\n.mode csv\n.import --skip 1 ${csv} user\n`;
      return timed(() => execFileSync('sqlite3', [shellDatabase], { input }));
    },
  });
  const { langinfra: importing = [], export: exporting = [], shell = [] } = taken;
  printRows(`${users.toLocaleString('en-US')} users with hashes from a CSV file`, [
    row('`langinfra users import`', median(importing), { unit: ' s' }),
    row('`sqlite3 .import` of the same file', median(shell), { unit: ' s' }),
    row('speed of the import over that of .import, search index included', ratioOf(shell, importing), {
      least: 0.5,
    }),
    row('`langinfra users export --with-hashes`', median(exporting), { unit: ' s' }),
    row('memory of the import at its peak', peakMiB([command, ...args], env, csv), { unit: ' MiB' }),
  ]);
};

/** The peak of one more import, into an empty database, as GNU time tells it. */
const peakMiB = (program: readonly string[], env: Record<string, string>, csv: string): number => {
  rmSync(env.LANGINFRA_CONFIG_DIR ?? '', { recursive: true, force: true });
  const [command = '', ...args] = program;
  execFileSync(command, [...args, 'superuser', '--username', 'root'], {
    env,
    input: 'correct horse battery',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const { stderr } = spawnSync('/usr/bin/time', ['-f', '%M', ...program, 'users', 'import', csv], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return Number(stderr.trim().split('\n').at(-1)) / 1024;
};

const writeUsers = (path: string, count: number): void => {
  writeFileSync(path, 'id,username,password_hash,is_active,is_superuser,create_at,last_login_at\n');
  const file = openSync(path, 'a');
  for (let from = 0; from < count; from += batch) {
    const lines = Array.from({ length: Math.min(batch, count - from) }, (_, step) => lineOf(from + step));
    writeSync(file, lines.join(''));
  }
  closeSync(file);
};

/** The same user for the same number, always. The hash is one by its form only. */
const lineOf = (index: number): string => {
  const digest = createHash('md5').update(String(index)).digest();
  const hash = createHash('sha512').update(digest).digest('base64').replace(/[+=]/g, '.').slice(0, 53);
  const created = new Date(Date.UTC(2020, 0, 1) + digest.readUInt32LE(4) * 40).toISOString();
  const name = `user.${digest.toString('hex', 0, 2)}${index.toString(36)}`;
  return `${digest.toString('hex')},${name},$2b$12$${hash},true,false,${created},${index % 5 ? created : ''}\n`;
};
