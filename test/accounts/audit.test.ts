import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auditActor, auditPlace, auditSentence } from '../../src/accounts/audit-words.ts';
import type { AuditFilter } from '../../src/store/audit.ts';
import { openAccounts, operator, outcomeOf, type TestAccounts, usual } from '../support/accounts.ts';

let t: TestAccounts;
beforeEach(async () => {
  t = await openAccounts();
});
afterEach(() => t[Symbol.asyncDispose]());

/** What the audit says, the oldest first: who, then what. */
const said = async (filter: AuditFilter = {}): Promise<string[]> =>
  (await t.accounts.audit.page(operator, filter, { limit: 100 }))
    .reverse()
    .map(row => `${auditActor(row)} ${auditSentence(row)}`);

const verdict = (exported?: { id: number; mac: string }) => t.accounts.audit.verify(operator, exported);

describe('what the audit keeps', () => {
  test('a user’s life, with what was before and what is after', async () => {
    const root = await t.add('root', { isSuperuser: true });
    const { actor } = await t.signIn('root');
    const ada = await t.accounts.users.create(actor, { username: 'ada', password: usual });
    await t.accounts.users.change(actor, ada.id, { isActive: true });
    await t.accounts.users.change(actor, ada.id, { username: 'lovelace', isSuperuser: true });
    await t.accounts.users.change(actor, ada.id, { password: 'another horse' });
    await t.accounts.users.change(actor, ada.id, { isActive: true });
    await t.accounts.users.remove(actor, ada.id);
    expect(await said({ userId: ada.id })).toEqual([
      'root added ada: Active no, Superuser no',
      'root changed ada: Active no to yes',
      'root changed ada: Username ada to lovelace, Superuser no to yes',
      'root reset the password of lovelace',
      'root deleted lovelace: Active yes, Superuser yes',
    ]);
    expect(await said({ userId: root.id })).toContain('tester (shell) added root: Active yes, Superuser yes');
  });

  test('no password, and nothing that was made of one', async () => {
    const ada = await t.add('ada');
    await t.accounts.users.change(operator, ada.id, { password: 'another horse' });
    const { actor } = await t.signIn('ada', 'another horse');
    await t.accounts.changeOwnPassword(actor, { next: 'a third horse' });
    const rows = JSON.stringify(await t.rows('select * from audit'));
    for (const secret of [usual, 'another horse', 'a third horse', '$2b$', 'sealed:'])
      expect(rows).not.toContain(secret);
    expect(await said({ event: 'password_changed' })).toEqual(['ada changed the own password']);
  });

  test('what a rule refused, and why', async () => {
    const root = await t.add('root', { isSuperuser: true });
    await t.add('ada');
    const { actor } = await t.signIn('ada');
    expect(await outcomeOf(t.accounts.users.change(actor, root.id, { isActive: false }))).toBe(
      'permission_denied',
    );
    expect(await outcomeOf(t.accounts.users.change(operator, root.id, { isSuperuser: false }))).toBe(
      'last_superuser',
    );
    expect(await outcomeOf(t.accounts.users.remove(operator, root.id))).toBe('last_superuser');
    expect(await said({ refused: true })).toEqual([
      'ada tried to change root: Active no: Permission denied',
      'tester (shell) tried to change root: Superuser no: The last superuser stays',
      'tester (shell) tried to delete root: The last superuser stays',
    ]);
  });

  test('signing in and out, and what failed, without the names that nobody has', async () => {
    const ada = await t.add('ada');
    await outcomeOf(t.signIn('ada', 'wrong'));
    await outcomeOf(t.signIn('my own secret', 'wrong'));
    const { session } = await t.signIn('ada');
    await t.accounts.sessions.end(session.id, { door: 'http', address: '192.0.2.7' });
    await t.accounts.users.change(operator, ada.id, { isActive: false });
    await outcomeOf(t.signIn('ada'));
    const rows = await t.accounts.audit.page(operator, {}, { limit: 5 });
    expect(
      rows.reverse().map(row => `${auditActor(row)} ${auditSentence(row)} (${auditPlace(row)})`),
    ).toEqual([
      'tester (console) failed to sign in: Incorrect username or password (local)',
      'ada signed in (local)',
      'ada signed out (http 192.0.2.7)',
      'tester (shell) changed ada: Active yes to no (command)',
      'tester (console) failed to sign in ada: Inactive user (local)',
    ]);
    expect(JSON.stringify(await t.rows('select * from audit'))).not.toContain('my own secret');
  });

  test('no more of what somebody sent than a line, and the same refusal once a minute', async () => {
    const root = await t.add('root', { isSuperuser: true });
    await t.add('ada');
    const { actor } = await t.signIn('ada');
    const tryIt = () => outcomeOf(t.accounts.users.change(actor, root.id, { username: 'x'.repeat(60_000) }));
    for (let time = 0; time < 5; time += 1) expect(await tryIt()).toBe('permission_denied');
    const [row, ...others] = await t.accounts.audit.page(operator, { refused: true }, { limit: 10 });
    expect(others).toEqual([]);
    expect(row?.detail.length).toBeLessThan(300);
    t.pass(61);
    await tryIt();
    expect(await t.accounts.audit.page(operator, { refused: true }, { limit: 10 })).toHaveLength(2);
  });

  test('which session or API key somebody used', async () => {
    const ada = await t.add('ada', { isSuperuser: true });
    const { actor, session } = await t.signIn('ada');
    const { key } = await t.accounts.apiKeys.create(actor, { name: 'backup' });
    const withKey = { kind: 'apiKey', keyId: key.id, userId: ada.id } as const;
    await t.accounts.users.create(withKey, { username: 'bob', password: usual });
    const rows = await t.accounts.audit.page(operator, { userId: ada.id }, { limit: 2 });
    expect(rows.map(({ origin }) => JSON.parse(origin))).toMatchObject([
      { apiKey: key.id },
      { session: session.id },
    ]);
  });

  test('that an account has to wait', async () => {
    await t.add('ada');
    const from = { door: 'http', address: '192.0.2.7' } as const;
    for (let time = 0; time < 5; time += 1)
      await outcomeOf(
        t.accounts.signIn({ username: 'ada', password: 'wrong', door: 'http', source: from.address, from }),
      );
    expect((await said({ event: 'locked' }))[0]).toMatch(
      /had to wait after failed sign-ins to ada: Seconds \d+$/,
    );
  });

  test('neither what changed nothing nor what was merely typed wrongly', async () => {
    const ada = await t.add('ada');
    const before = await said();
    await t.accounts.users.change(operator, ada.id, { isActive: true });
    await outcomeOf(t.accounts.users.change(operator, ada.id, { password: 'short' }));
    await outcomeOf(t.accounts.users.change(operator, ada.id, { username: '' }));
    expect(await said()).toEqual(before);
  });

  test('each of many that were changed at once, and their undoing', async () => {
    const ids = await Promise.all(['ada', 'bob'].map(async name => (await t.add(name)).id));
    const plan = await t.accounts.bulk.plan(operator, { ids }, 'deactivate');
    const done = await t.accounts.bulk.apply(operator, { ids }, plan);
    await t.accounts.bulk.undo(operator, done);
    expect((await said({ event: 'user_changed' })).sort()).toEqual([
      'tester (shell) changed ada: Active no to yes',
      'tester (shell) changed ada: Active yes to no',
      'tester (shell) changed bob: Active no to yes',
      'tester (shell) changed bob: Active yes to no',
    ]);
    expect(await verdict()).toMatchObject({ problems: [] });
  });

  test('nothing of a transaction that was taken back', async () => {
    const ada = await t.add('ada');
    const before = await said();
    const rehearsal = await t.another({ rehearsal: true });
    await rehearsal.accounts.users.change(operator, ada.id, { isActive: false });
    expect(await said()).toEqual(before);
  });

  test('is read by superusers only', async () => {
    await t.add('ada');
    const { actor } = await t.signIn('ada');
    const { audit } = t.accounts;
    expect(await outcomeOf(audit.page(actor, {}, { limit: 1 }))).toBe('superuser_needed');
    expect(await outcomeOf(audit.head(actor))).toBe('superuser_needed');
    expect(await outcomeOf(audit.verify(actor))).toBe('superuser_needed');
    expect(await outcomeOf(audit.tell(actor, 'backed_up', {}))).toBe('superuser_needed');
  });
});

describe('the chain', () => {
  beforeEach(async () => {
    for (const name of ['ada', 'bob', 'carol', 'dan']) await t.add(name);
  });

  test('is whole, also where two processes wrote it', async () => {
    const other = await t.another();
    await Promise.all([...'abcdef'].map(name => (name < 'd' ? t : other).add(`more-${name}`)));
    const { rows, head, problems, unverifiable } = await verdict(await t.accounts.audit.head(operator));
    expect({ rows, head: head?.id, problems, unverifiable }).toEqual({
      rows: 10,
      head: 10,
      problems: [],
      unverifiable: 0,
    });
  });

  const tampering: [string, string, string][] = [
    [
      'a row that was changed',
      "update audit set target_name = 'eve' where id = 2",
      'row 2 is not as it was written',
    ],
    ['what was before it', `update audit set detail = '{}' where id = 3`, 'row 3 is not as it was written'],
    ['the time of it', "update audit set at = '2020-01-01 00:00:00.000000' where id = 3", 'row 3 is not'],
    ['a row that was deleted', 'delete from audit where id = 2', 'row 2 is gone'],
    ['the first rows', 'delete from audit where id < 3', 'rows 1 to 2 are gone'],
    ['a row that was moved', 'update audit set id = 9 where id = 2', 'row 2 is gone'],
  ];
  test.each(tampering)('shows %s', async (_, statement, problem) => {
    await t.rows(statement);
    expect((await verdict()).problems.join('\n')).toContain(problem);
  });

  test('shows that its end was cut off, against a head that was exported', async () => {
    const head = await t.accounts.audit.head(operator);
    await t.rows('delete from audit where id = 4');
    expect((await verdict()).problems).toEqual([]);
    expect((await verdict(head)).problems).toEqual([
      'the exported head is row 4, and the audit ends with row 3: its end was cut off',
    ]);
  });

  test('shows an end that was written anew', async () => {
    const head = await t.accounts.audit.head(operator);
    await t.rows('delete from audit where id = 4');
    await t.rows("update sqlite_sequence set seq = 3 where name = 'audit'");
    await t.add('eve');
    expect((await verdict()).problems).toEqual([]);
    expect((await verdict(head)).problems).toEqual(['row 4 is not the one that was exported']);
  });

  test('goes on where another secret key takes the place of the first, before anybody has a password', async () => {
    await using first = await openAccounts({ settings: { autoLogin: true } });
    await first.accounts.bootstrap.prepare(undefined);
    const second = await first.another({ secretKey: 'another key, as long as the first' });
    await second.add('ada');
    const found = await second.accounts.audit.verify(operator);
    expect(found).toMatchObject({ rows: 3, problems: [], unverifiable: 1 });
    // Whoever takes the key away later does not get away with it.
    await first.rows("delete from meta where key = 'audit_key'");
    await second.add('bob');
    expect((await second.accounts.audit.verify(operator)).problems).toEqual([
      'rows 1 to 3 are not sealed with the key of this audit',
    ]);
  });

  test('shows rows that pretend to be of another key', async () => {
    await t.rows("update audit set target_name = 'eve', key_id = 'feedbeef' where id < 3");
    expect((await verdict()).problems.join('\n')).toContain(
      'rows 1 to 2 are not sealed with the key of this audit',
    );
    await t.rows("update audit set key_id = 'feedbeef'");
    expect((await verdict()).problems).toEqual(['no row is sealed with the key of this audit']);
  });

  test('cannot be mended without its key', async () => {
    const [first] = await t.rows<{ mac: string }>('select mac from audit where id = 1');
    await t.rows("update audit set target_name = 'eve', mac = ? where id = 1", first?.mac);
    expect((await verdict()).problems[0]).toContain('row 1 is not as it was written');
    expect(JSON.stringify(await t.rows("select value from meta where key = 'audit_key'"))).toContain(
      'sealed:',
    );
  });
});
