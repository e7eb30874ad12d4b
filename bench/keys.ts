import { spawnSync } from 'node:child_process';
import { printRows, quantile, type Row, row } from './measure.ts';
import { onTerminal, program, residentMiB, workplace } from './program.ts';
import { seededCopy, seededCsv } from './seed.ts';

const size = { cols: 120, rows: 45 };
const rounds = 3;
/** How often a key is pressed in a round, and what it is called in the table. */
const pressed: Record<string, { key: string; times: number; called: string; most: number }> = {
  down: { key: '\x1b[B', times: 60, called: 'cursor key', most: 10 },
  pageDown: { key: '\x1b[6~', times: 20, called: 'PgDn', most: 16.7 },
  end: { key: 'G', times: 10, called: 'End, from Home', most: 16.7 },
  sort: { key: 'o', times: 18, called: 'change of the sort column', most: 16.7 },
  toggle: { key: 'a', times: 30, called: 'toggle of Active, written to disk', most: Number.NaN },
};
/** Where each of them begins. */
const before: Partial<Record<string, string>> = { end: 'g' };
const inVisidata = ['down', 'pageDown', 'end'];

type Program = { command: string; args: string[]; ready: string | RegExp; start: string; keys: string[] };
type Presses = Record<string, { milliseconds: number; bytes: number }[]>;

const pressAll = async (
  { command, args, ready, start, keys }: Program,
  env: Record<string, string>,
  presses: Presses,
): Promise<number> => {
  const started = onTerminal(command, args, env, size);
  await started.shows(ready);
  // Visidata counts up while it reads.
  await started.quiet(3000);
  for (const name of keys) {
    const { key, times } = pressed[name] ?? { key: '', times: 0 };
    started.write(start);
    await started.quiet(300);
    // The first keys compile the code they need.
    for (let time = -4; time < times; time += 1) {
      if (before[name]) {
        started.write(before[name]);
        await started.quiet(200);
      }
      const once = await started.press(key);
      if (time >= 0) presses[name] = [...(presses[name] ?? []), once];
    }
  }
  const held = residentMiB(started.pid);
  await started.end();
  return held;
};

/** Rows 4, 5 and 15: from a key to the last byte of its frame, beside visidata with the same rows in a CSV file. */
export const keys = async (users: number): Promise<void> => {
  using place = workplace();
  const database = await seededCopy(users, place.directory);
  const env = { ...place.env, LANGINFRA_DATABASE_URL: `sqlite:///${database}` };
  const programs: Record<string, Program> = {
    langinfra: {
      command: process.execPath,
      args: [...program, 'run'],
      ready: 'quit',
      start: 'g',
      keys: Object.keys(pressed),
    },
  };
  if (spawnSync('vd', ['--version']).status === 0) {
    const csv = await seededCsv(users, place.directory);
    programs.visidata = {
      command: 'vd',
      args: [csv],
      ready: 'username',
      start: 'gk',
      keys: inVisidata,
    };
    before.end = 'g';
  } else {
    process.stderr.write('visidata is not here to compare with: apt-get install visidata\n');
  }
  const presses: Record<string, Presses> = {};
  const held: Record<string, number> = {};
  for (let round = 0; round < rounds; round += 1)
    for (const [label, each] of Object.entries(programs)) {
      presses[label] ??= {};
      held[label] = await pressAll(each, env, presses[label]);
    }

  const timesOf = (label: string, name: string): number[] =>
    presses[label]?.[name]?.map(({ milliseconds }) => milliseconds) ?? [];
  const rows: Row[] = [];
  for (const [name, { called, most }] of Object.entries(pressed)) {
    const taken = quantile(timesOf('langinfra', name), 0.95);
    rows.push(row(`${called}, p95`, taken, { unit: ' ms', ...(most && { most }) }));
    const peers = quantile(timesOf('visidata', name), 0.95);
    if (Number.isNaN(peers)) continue;
    rows.push(row('the same in visidata', peers, { unit: ' ms' }));
    rows.push(row('langinfra over visidata', taken / peers, name === 'down' ? { most: 0.5 } : {}));
  }
  const bytes = (name: string): number =>
    quantile(presses.langinfra?.[name]?.map(key => key.bytes) ?? [], 0.5);
  rows.push(row('bytes sent for a cursor key, median', bytes('down'), { most: 400, unit: ' B' }));
  rows.push(row('bytes sent for PgDn, 40 rows, median', bytes('pageDown'), { most: 4000, unit: ' B' }));
  if (held.visidata) {
    rows.push(row('memory of langinfra at the end', held.langinfra ?? Number.NaN, { unit: ' MiB' }));
    rows.push(row('memory of visidata at the end', held.visidata, { unit: ' MiB' }));
  }
  printRows(`Key to frame, ${users.toLocaleString('en-US')} users, ${size.cols}x${size.rows}`, rows);
};
