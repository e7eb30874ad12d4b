import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { soundWords } from '../../src/accounts/audit-chain.ts';
import { auditJson } from '../../src/accounts/audit-json.ts';
import { auditActor, auditPlace, auditSentence } from '../../src/accounts/audit-words.ts';
import { createSealing } from '../../src/accounts/sealing.ts';
import { type AuditFilter, type AuditPlace, beforeFirst } from '../../src/store/audit.ts';
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

  test('who renames themselves, by the name before', async () => {
    await t.add('root', { isSuperuser: true });
    await t.add('bob');
    const [root, bob] = [await t.signIn('root'), await t.signIn('bob')];
    await t.accounts.users.change(bob.actor, bob.user.id, { username: 'bobby' });
    await t.accounts.changeOwnPassword(root.actor, {
      current: usual,
      next: 'another horse',
      edit: { username: 'toor' },
    });
    expect((await said()).slice(-3)).toEqual([
      'bob changed bob: Username bob to bobby',
      'root changed root: Username root to toor',
      'root changed the own password',
    ]);
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
    // A clock that was set back must not keep the audit quiet until it comes round again.
    t.pass(-3600);
    await tryIt();
    expect(await t.accounts.audit.page(operator, { refused: true }, { limit: 10 })).toHaveLength(3);
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

  const copyOfFirstAs = (id: string): string => `insert into audit select ${id}, at, event, outcome, actor_id,
    actor_name, door, origin, target_id, target_name, detail, key_id, mac from audit where id = 1`;
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
    ['its last row', 'delete from audit where id = 4', 'row 4 is gone'],
    ['its end', 'delete from audit where id > 2', 'rows 3 to 4 are gone'],
    ['everything', 'delete from audit', 'rows 1 to 4 are gone'],
    ['a row before the first', copyOfFirstAs('0'), 'row 0 was put in'],
    ['a row far before the first', copyOfFirstAs('-9223372036854775807'), 'row -922337203685477'],
    ['a row far behind the last', copyOfFirstAs('9007199254740993'), 'row 9007199254740992 was put in'],
    ['a detail that cannot be read', "update audit set detail = 'oops' where id = 2", 'row 2 is not as'],
    ['a detail of bytes', 'update audit set detail = cast(detail as blob) where id = 2', 'row 2 is not as'],
    ['a time of digits', "update audit set at = '2026' where id = 2", 'row 2 is not as'],
    ['a row that was moved', 'update audit set id = 9 where id = 2', 'row 2 is gone'],
  ];
  test.each(tampering)('shows %s', async (_, statement, problem) => {
    await t.rows(statement);
    expect((await verdict()).problems.join('\n')).toContain(problem);
  });

  test('is otherwise whole where a row was put in before the first, and that one is exported, too', async () => {
    await t.rows(copyOfFirstAs('-7'));
    expect(await verdict()).toMatchObject({
      rows: 4,
      problems: ['row -7 was put in: no row is given such a number'],
    });
    const ids = async (place: Partial<AuditPlace>) =>
      (await t.accounts.audit.page(operator, {}, { limit: 2, ...place })).map(({ id }) => id);
    expect(await ids({ after: beforeFirst })).toEqual([-7, 1]);
    expect(await ids({ before: 2 })).toEqual([1, -7]);
  });

  test('has no rows that are read again and again, whatever number they were given', async () => {
    await t.rows(copyOfFirstAs('9007199254740993'));
    await t.rows(copyOfFirstAs('-9007199254740993'));
    const { page } = t.accounts.audit;
    expect(await page(operator, {}, { after: 4, limit: 9 })).toEqual([]);
    expect(await page(operator, {}, { before: 1, limit: 9 })).toEqual([]);
  });

  test('shows that its end was cut off, against a head that was exported', async () => {
    const head = await t.accounts.audit.head(operator);
    await t.rows('delete from audit where id = 4');
    await t.rows("update sqlite_sequence set seq = 3 where name = 'audit'");
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
    expect(soundWords(found)).toBe(
      '2 rows, each as it was written, and none is gone; 1 before them cannot be verified',
    );
    const audit = (await second.accounts.check()).find(({ name }) => name === 'Audit');
    expect(audit?.said).toBe(soundWords(found));
    // Whoever takes the key away later does not get away with it.
    await first.rows("delete from meta where key = 'audit_key'");
    await second.add('bob');
    expect((await second.accounts.audit.verify(operator)).problems).toEqual([
      'rows 1 to 3 are not sealed with the key of this audit',
    ]);
  });

  test('shows what was changed later in rows that cannot be verified', async () => {
    await using first = await openAccounts({ settings: { autoLogin: true } });
    await first.accounts.bootstrap.prepare(undefined);
    const head = await first.accounts.audit.head(operator);
    const second = await first.another({ secretKey: 'another key, as long as the first' });
    await second.add('ada');
    // A head proves nothing of them: its mac stands beside what anybody may have written.
    expect((await second.accounts.audit.verify(operator, head)).problems).toEqual([
      'row 1, the exported head, and those before it cannot be verified: their key is gone',
    ]);
    await first.rows("update audit set event = 'signed_in' where id = 1");
    expect(await second.accounts.audit.verify(operator)).toMatchObject({
      problems: ['rows 1 to 1 are not sealed with the key of this audit'],
      unverifiable: 0,
    });
  });

  const takenAway: [what: string, statements: string[]][] = [
    ['the audit key', ["delete from meta where key = 'audit_key'"]],
    ['the fingerprint of the secret key', ["delete from meta where key = 'secret_fingerprint'"]],
    ['both', ["delete from meta where key in ('audit_key', 'secret_fingerprint')"]],
    ['all that the database remembers of itself', ['delete from meta']],
    ['the audit key, which was changed', ["update meta set value = value || 'A' where key = 'audit_key'"]],
    ['both, and the key ids', ['delete from meta', "update audit set key_id = 'feedbeef'"]],
    ['the key ids', ["update audit set key_id = 'feedbeef'"]],
    ['both, and the last row', ['delete from meta', 'delete from audit where id = 4']],
    ['the last row', ['delete from audit where id = 4']],
    ['every row', ['delete from audit']],
    ['every row, and the audit key', ['delete from audit', "delete from meta where key = 'audit_key'"]],
    ['every row, and both', ['delete from audit', 'delete from meta']],
    [
      'every row with its number, and the audit key',
      [
        'delete from audit',
        "delete from sqlite_sequence where name = 'audit'",
        "delete from meta where key = 'audit_key'",
      ],
    ],
    [
      'every row with its number, and both',
      ['delete from audit', "delete from sqlite_sequence where name = 'audit'", 'delete from meta'],
    ],
    [
      'both, and every password but one',
      ['delete from meta', "update user set password = '' where username <> 'ada'"],
    ],
  ];
  test.each(takenAway)('shows what was taken away, now and after the next five rows: %s', async (_, all) => {
    await t.rows("update audit set target_name = 'eve' where id = 1");
    const wrong = async (): Promise<string[]> =>
      (await t.accounts.check()).filter(({ problems }) => problems.length > 0).map(({ name }) => name);
    for (const statement of all) await t.rows(statement);
    expect(await wrong()).toContain('Audit');
    for (const name of ['eve', 'fay', 'gus', 'hal', 'ida']) await t.add(name);
    expect((await verdict()).problems).not.toEqual([]);
    expect((await verdict()).unverifiable).toBe(0);
    expect(await wrong()).toContain('Audit');
  });

  test('is whole where the fingerprint alone was taken away, which is told until somebody mends it', async () => {
    await t.add('root', { isSuperuser: true });
    await t.rows("delete from meta where key = 'secret_fingerprint'");
    const wrong = async (accounts = t.accounts) =>
      (await accounts.check()).filter(({ problems }) => problems.length > 0);
    const lost = {
      name: 'Secret key',
      problems: [
        'somebody took away what says which one this database has. Mend it with: langinfra secret rotate',
      ],
      said: expect.any(String),
    };
    expect(await wrong()).toEqual([lost]);
    await t.add('eve');
    expect(await wrong()).toEqual([lost]);
    const text = 'another key, as long as the first';
    const next = { text, sealing: createSealing(text), keepIn: undefined, isToBeSet: true };
    await t.accounts.keyRotation.apply(operator, next);
    expect(await wrong((await t.another({ secretKey: text })).accounts)).toEqual([]);
  });

  test('shows rows that pretend to be of another key', async () => {
    await t.rows("update audit set target_name = 'eve', key_id = 'feedbeef' where id < 3");
    const found = await verdict();
    expect(found.problems.join('\n')).toContain('rows 1 to 2 are not sealed with the key of this audit');
    // They are not those whose key is gone for a good reason.
    expect(found.unverifiable).toBe(0);
    await t.rows("update audit set key_id = 'feedbeef'");
    expect(await verdict()).toMatchObject({
      problems: ['no row is sealed with the key of this audit'],
      unverifiable: 0,
    });
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

describe('a row that somebody wrote by hand', () => {
  const unreadable = 'what is written here is not what was written';
  const added = 'added ada: Active yes, Superuser no';
  const written: [what: string, set: string, said: string, json: object][] = [
    ['no JSON', "detail = 'oops'", `tester (shell) added ada: ${unreadable}`, { detail_text: 'oops' }],
    ['no object', "detail = '[1]'", `tester (shell) added ada: ${unreadable}`, { detail_text: '[1]' }],
    [
      'null where an object was',
      `detail = '{"after":null}'`,
      `tester (shell) added ada: ${unreadable}`,
      { detail_text: '{"after":null}' },
    ],
    [
      'what would take the place of the other fields',
      `detail = '{"id":7,"event":"signed_in"}'`,
      `tester (shell) added ada: ${unreadable}`,
      { id: 1, event: 'user_added', detail_text: '{"id":7,"event":"signed_in"}' },
    ],
    ['bytes', "detail = x'00ff'", `tester (shell) added ada: ${unreadable}`, { detail_text: "x'00ff'" }],
    [
      'an object where a word was',
      `detail = '{"after":{"name":{"toString":1},"constructor":2}}'`,
      'tester (shell) added ada: Name {"toString":1}',
      { after: { name: { toString: 1 }, constructor: 2 } },
    ],
    [
      'an origin that is no JSON',
      "origin = 'oops'",
      `nobody ${added}: ${unreadable}`,
      { origin_text: 'oops' },
    ],
    [
      'an origin of numbers',
      `origin = '{"ssh":7}'`,
      `nobody ${added}: ${unreadable}`,
      { origin: null, origin_text: '{"ssh":7}' },
    ],
    [
      'an event that every object has',
      "event = 'constructor'",
      'tester (shell) constructor ada: Active yes, Superuser no',
      { event: 'constructor' },
    ],
    [
      'an outcome that every object has',
      "outcome = 'constructor'",
      'tester (shell) tried to add ada: Active yes, Superuser no: constructor',
      { outcome: 'constructor' },
    ],
    ['a number for a time', "at = '2026'", `tester (shell) ${added}`, { at: '2026.000000Z' }],
    ['bytes for a name', "target_name = x'41'", `tester (shell) ${added.replace('ada', "x'41'")}`, {}],
  ];
  test.each(written)('is shown with %s, and found', async (_, set, sentence, json) => {
    await t.add('ada');
    await t.rows(`update audit set ${set} where id = 1`);
    expect(await said()).toEqual([sentence]);
    const [row] = await t.accounts.audit.page(operator, {}, { limit: 1 });
    expect(row && auditJson(row)).toMatchObject(json);
    expect(row && auditPlace(row)).toBe('command');
    expect((await verdict()).problems).toEqual([
      'row 1 is not as it was written, or the one before it is not',
    ]);
  });

  test('does not stop what is written after it, where its time is none', async () => {
    const ada = await t.add('ada');
    const { actor } = await t.signIn('ada');
    const tried = () => outcomeOf(t.accounts.users.change(actor, ada.id, { isActive: false }));
    expect(await tried()).toBe('permission_denied');
    await t.rows("update audit set at = '2026'");
    expect(await tried()).toBe('permission_denied');
  });
});
