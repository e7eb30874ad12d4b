import { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AuditFilter, type AuditPlace, numbersOf } from '../../src/store/audit.ts';
import { deletedNamed, failedSince, renamedFrom } from '../../src/store/audit-of-names.ts';
import { sqliteDialect } from '../../src/store/engines/sqlite.ts';
import type { Schema } from '../../src/store/schema.ts';
import { rawDatabase, temporaryStore } from '../support/store.ts';

let db: Awaited<ReturnType<typeof temporaryStore>>;
beforeEach(async () => {
  db = await temporaryStore();
  const row = {
    at: '2026-03-01T10:00:00.000000Z',
    actorName: null,
    targetName: null,
    door: 'command',
    origin: '{}',
    detail: '{}',
    keyId: '',
    mac: '',
  };
  const rows: [event: string, outcome: string, actorId: string, targetId: string | null][] = [
    ['signed_in', 'done', 'root', null],
    ['user_added', 'done', 'root', 'ada'],
    ['sign_in_failed', 'bad_credentials', 'ada', null],
    ['signed_in', 'done', 'ada', 'ada'],
    ['user_changed', 'permission_denied', 'ada', 'root'],
    ['user_changed', 'done', 'root', 'ada'],
    ['session_ended', 'done', 'root', 'ada'],
  ];
  await db.store.write(tx =>
    tx.audit.append(
      rows.map(([event, outcome, actorId, targetId], at) => ({
        id: at + 1,
        event,
        outcome,
        actorId,
        targetId,
        ...row,
      })),
    ),
  );
});
afterEach(() => db[Symbol.asyncDispose]());

const page = async (filter: AuditFilter, place: Partial<AuditPlace> = {}): Promise<number[]> =>
  (await db.store.read.audit.page(filter, { limit: 100, ...place })).map(({ id }) => id);

describe('a page of the audit', () => {
  test.each<[string, AuditFilter, Partial<AuditPlace>, number[]]>([
    ['the newest first', {}, { limit: 2 }, [7, 6]],
    ['before a number', {}, { before: 3 }, [2, 1]],
    ['after a number, the oldest first', {}, { after: 3, limit: 2 }, [4, 5]],
    ['signing in and out', { kind: 'sign_ins' }, {}, [7, 4, 3, 1]],
    ['changes that were done', { kind: 'changes' }, {}, [6, 2]],
    ['what was refused', { refused: true }, {}, [5, 3]],
    ['what a user did and what was done to them, each once', { userId: 'ada' }, {}, [7, 6, 5, 4, 3, 2]],
    ['the same, in pages', { userId: 'ada' }, { before: 5, limit: 2 }, [4, 3]],
    ['the same, upwards', { userId: 'ada' }, { after: 2, limit: 2 }, [3, 4]],
    ['of one user what was refused', { userId: 'root', refused: true }, {}, [5]],
    ['of nobody', { userId: 'eve' }, {}, []],
  ])('%s', async (_, filter, place, expected) => {
    expect(await page(filter, place)).toEqual(expected);
  });

  test.each<[string, AuditFilter, string]>([
    ['sign-ins', { kind: 'sign_ins' }, 'audit_sign_ins'],
    ['changes', { kind: 'changes' }, 'audit_changes'],
    ['refusals', { refused: true }, 'audit_refused'],
  ])('of a million rows goes through none but %s', async (_, filter, index) => {
    const kysely = new Kysely<Schema>({ dialect: sqliteDialect(db.path, 'reader') });
    const { sql, parameters } = numbersOf(kysely, filter, { before: 9, limit: 5 }).compile();
    await kysely.destroy();
    await using raw = await rawDatabase(db.path);
    const plan = await raw.all(`explain query plan ${sql}`, ...parameters);
    expect(plan.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(`^SEARCH audit USING (COVERING )?INDEX ${index} `),
    ]);
  });
});

test('the failed sign-ins of a user are counted by indexes of their own, however many rows there are', async () => {
  const kysely = new Kysely<Schema>({ dialect: sqliteDialect(db.path, 'reader') });
  const { sql, parameters } = failedSince(kysely, 'ada').compile();
  await kysely.destroy();
  await using raw = await rawDatabase(db.path);
  const plan = await raw.all(`explain query plan ${sql}`, ...parameters);
  const searches = plan.map(({ detail }) => detail).filter(detail => /^S(EARCH|CAN) audit/.test(detail));
  const used = searches.map(detail => /^SEARCH audit USING COVERING INDEX audit_(\w+)_of /.exec(detail)?.[1]);
  expect(new Set(used)).toEqual(new Set(['sign_in_failed', 'unlock_failed', 'told', 'session_unlocked']));
});

test.each([
  ['audit_deleted', deletedNamed],
  ['audit_renamed', renamedFrom],
] as const)(
  'who had a name that is gone is found by the index %s, however many rows there are',
  async (index, query) => {
    const kysely = new Kysely<Schema>({ dialect: sqliteDialect(db.path, 'reader') });
    const { sql, parameters } = query(kysely, 'ada').compile();
    await kysely.destroy();
    await using raw = await rawDatabase(db.path);
    const plan = await raw.all(`explain query plan ${sql}`, ...parameters);
    // And the last one without sorting them.
    expect(plan.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(`^SEARCH audit USING INDEX ${index} `),
    ]);
  },
);
