import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'sqlite';
import sqlite3 from 'sqlite3';
import { printRows, quantile, row } from './measure.ts';
import { onTerminal, program, workplace } from './program.ts';
import { seeded } from './seed.ts';

const size = { cols: 120, rows: 45 };
const down = '\x1b[B';
const presses = 60;
const rounds = 3;

type Pressed = { milliseconds: number; bytes: number };
type Program = { command: string; args: string[]; ready: string };

const asCsv = async (database: string, csv: string): Promise<void> => {
  const db = await open({ filename: database, driver: sqlite3.Database });
  const rows = await db.all<Record<string, unknown>[]>(
    'select id, username, is_active, is_superuser, create_at, updated_at, last_login_at from user order by username_fold',
  );
  await db.close();
  writeFileSync(
    csv,
    [
      'id,username,is_active,is_superuser,create_at,updated_at,last_login_at',
      ...rows.map(user => Object.values(user).join(',')),
    ].join('\n'),
  );
};

/** Row 4: from a cursor key to the last byte of its frame, beside visidata with the same rows in a CSV file. */
export const keys = async (users: number): Promise<void> => {
  using place = workplace();
  const database = await seeded(users);
  const env = { ...place.env, LANGINFRA_DATABASE_URL: `sqlite:///${database}` };
  const programs: Record<string, Program> = {
    langinfra: { command: process.execPath, args: [...program, 'run'], ready: 'quit' },
  };
  const hasVisidata = spawnSync('vd', ['--version']).status === 0;
  if (hasVisidata) {
    const csv = join(place.directory, 'users.csv');
    await asCsv(database, csv);
    programs.visidata = { command: 'vd', args: [csv], ready: 'username' };
  } else {
    process.stderr.write('visidata is not here to compare with: apt-get install visidata\n');
  }
  const pressed = Object.fromEntries(Object.keys(programs).map(label => [label, [] as Pressed[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [label, { command, args, ready }] of Object.entries(programs)) {
      const started = onTerminal(command, args, env, size);
      await started.shows(ready);
      await started.quiet(500);
      // The first keys compile the code they need.
      for (let warm = 0; warm < 5; warm += 1) await started.press(down);
      for (let key = 0; key < presses; key += 1) {
        pressed[label]?.push(await started.press(down));
      }
      await started.end();
    }
  }
  const p95 = (label: string) =>
    quantile(pressed[label]?.map(({ milliseconds }) => milliseconds) ?? [], 0.95);
  const peers = hasVisidata
    ? [
        row('the same in visidata, p95', p95('visidata'), { unit: ' ms' }),
        row('langinfra over visidata', p95('langinfra') / p95('visidata'), { most: 0.5 }),
      ]
    : [];
  printRows(
    `Cursor key to frame, ${users.toLocaleString('en-US')} users, ${size.cols}x${size.rows}, ${presses * rounds} keys`,
    [
      row('cursor key to the last byte of its frame, p95', p95('langinfra'), { most: 10, unit: ' ms' }),
      ...peers,
      row(
        'bytes sent for a cursor key, median',
        quantile(pressed.langinfra?.map(key => key.bytes) ?? [], 0.5),
        {
          most: 400,
          unit: ' B',
        },
      ),
    ],
  );
};
