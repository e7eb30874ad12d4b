import { open } from 'sqlite';
import sqlite3 from 'sqlite3';
import { createAccounts } from '../src/accounts/accounts.ts';
import { type BulkAction, bulkActions } from '../src/accounts/bulk-plan.ts';
import { createSealing } from '../src/accounts/sealing.ts';
import { openStore } from '../src/store/open.ts';
import type { UserSelection } from '../src/store/user-selections.ts';
import { median, printRows, type Row, row } from './measure.ts';
import { workplace } from './program.ts';
import { seededCopy } from './seed.ts';

const rounds = 3;
const operator = { kind: 'operator', osUser: 'bench' } as const;
const settings = {
  autoLogin: false,
  newUserIsActive: false,
  enableSignup: false,
  enableRecovery: true,
  passwordMinLength: 8,
  bcryptCost: 4,
  sessionIdleSeconds: 0,
  sessionMaxSeconds: 1,
  accessTokenSeconds: 1,
  refreshTokenSeconds: 1,
};
/** Nobody signs in here. */
const lane = {
  hash: async () => '',
  compare: async () => false,
  load: () => ({ running: 0, waiting: 0 }),
  close: async () => {},
};

const everybody: UserSelection = { match: {}, except: [] };
const inactive: UserSelection = { match: { filter: 'inactive' }, except: [] };

/** Planning one action for many users, doing it, and taking it back; beside the bare UPDATE of the same rows. */
export const bulk = async (users: number): Promise<void> => {
  using place = workplace();
  const path = await seededCopy(users, place.directory);
  const store = await openStore(`sqlite:///${path}`, { create: false });
  const sealing = createSealing('a key of forty characters, for the bench');
  const origin = { door: 'command' } as const;
  const accounts = createAccounts({ store, settings, sealing, lane, clock: () => new Date(), origin });
  const seconds = async <T>(work: () => Promise<T>): Promise<[seconds: number, value: T]> => {
    const started = performance.now();
    const value = await work();
    return [(performance.now() - started) / 1000, value];
  };

  const rows: Row[] = [];
  const plan = (selection: UserSelection, action: BulkAction) =>
    accounts.bulk.plan(operator, selection, action);
  for (const action of bulkActions) {
    const taken: number[] = [];
    for (let round = 0; round < rounds; round += 1)
      taken.push((await seconds(() => plan(everybody, action)))[0]);
    rows.push(row(`to plan: ${action} everybody`, median(taken), { unit: ' s' }));
  }

  const bare = await open({ filename: path, driver: sqlite3.Database });
  await bare.exec('pragma synchronous = full; pragma busy_timeout = 5000');
  const times = { apply: [] as number[], undo: [] as number[], bare: [] as number[] };
  let changed = 0;
  for (let round = 0; round < rounds; round += 1) {
    const planned = await plan(inactive, 'activate');
    changed = planned.toChange;
    const [applying, done] = await seconds(() => accounts.bulk.apply(operator, inactive, planned));
    const [undoing] = await seconds(() => accounts.bulk.undo(operator, done));
    const [updating] = await seconds(() =>
      bare.run(`update user set is_active = 1, version = version + 1, updated_at = '2026-01-01 00:00:0${round}'
        where is_active = 0`),
    );
    await bare.run(`update user set is_active = 0 where updated_at = '2026-01-01 00:00:0${round}'`);
    times.apply.push(applying);
    times.undo.push(undoing);
    times.bare.push(updating);
  }
  await bare.close();
  await store.close();
  const many = changed.toLocaleString('en-US');
  printRows(`One action for many of ${users.toLocaleString('en-US')} users`, [
    ...rows,
    row(`to activate ${many}`, median(times.apply), { unit: ' s' }),
    row('over one bare UPDATE of the same rows', median(times.apply) / median(times.bare), {}),
    row('to undo it', median(times.undo), { unit: ' s' }),
  ]);
};
