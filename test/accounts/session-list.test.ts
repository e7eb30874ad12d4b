import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/accounts/actor.ts';
import { auditActor, auditSentence } from '../../src/accounts/audit-words.ts';
import { openAccounts, operator, outcomeOf, type TestAccounts, usual } from '../support/accounts.ts';

let t: TestAccounts;
let root: Actor;
let ada: Actor;
/** Root on the console, ada there and over HTTP, bob over HTTP, one after the other. */
beforeEach(async () => {
  t = await openAccounts({ at: '2026-03-01T10:00:00Z' });
  await t.add('root', { isSuperuser: true });
  for (const name of ['ada', 'bob']) await t.add(name);
  const signIn = async (name: string, door: 'local' | 'http') => {
    t.pass(60);
    return (await t.signIn(name, usual, door)).actor;
  };
  root = await signIn('root', 'local');
  ada = await signIn('ada', 'local');
  await signIn('ada', 'http');
  await signIn('bob', 'http');
});
afterEach(() => t[Symbol.asyncDispose]());

const listed = async (actor: Actor = operator, userId?: string) =>
  (await t.accounts.sessions.page(actor, { userId }, { limit: 100 })).map(
    ({ username, door }) => `${username} ${door}`,
  );
const idOf = (actor: Actor) => (actor.kind === 'session' ? actor.sessionId : '');
const userOf = (actor: Actor) => (actor.kind === 'session' ? actor.userId : '');
/** What the audit says of it, the oldest first. */
const told = async () =>
  (await t.accounts.audit.page(operator, { event: 'session_ended' }, { limit: 100 }))
    .reverse()
    .map(row => `${auditActor(row)} ${auditSentence(row)}`);

describe('the list', () => {
  test('has the open sessions of everybody, the newest first, in pages', async () => {
    expect(await listed()).toEqual(['bob http', 'ada http', 'ada local', 'root local']);
    const page = (place: object) => t.accounts.sessions.page(root, {}, { limit: 2, ...place });
    const [, second] = await page({});
    expect((await page({ before: second })).map(({ username }) => username)).toEqual(['ada', 'root']);
    const [, third] = await page({ before: second });
    expect(third?.username).toBe('root');
    expect((await page({ after: third })).map(({ door }) => door)).toEqual(['local', 'http']);
  });

  test('has none that is over', async () => {
    t.pass(t.settings.sessionMaxSeconds);
    expect(await listed()).toEqual(['bob http', 'ada http']);
  });

  test('shows an ordinary user the own sessions, and no others', async () => {
    expect(await listed(ada, userOf(ada))).toEqual(['ada http', 'ada local']);
    for (const userId of [undefined, userOf(root)])
      expect(await outcomeOf(t.accounts.sessions.page(ada, { userId }, { limit: 1 }))).toBe(
        'superuser_needed',
      );
  });
});

describe('ending', () => {
  test('one session, and no other', async () => {
    await t.accounts.sessions.endOne(root, idOf(ada));
    expect(await listed()).toEqual(['bob http', 'ada http', 'root local']);
    expect(await t.isSignedIn(ada)).toBe(false);
    expect(await told()).toEqual(['root ended a session of ada']);
    expect(await outcomeOf(t.accounts.sessions.endOne(root, idOf(ada)))).toBe('session_not_found');
  });

  test('all of a user', async () => {
    expect(await t.accounts.sessions.endOf(operator, userOf(ada))).toHaveLength(2);
    expect(await listed()).toEqual(['bob http', 'root local']);
    expect(await told()).toEqual([
      'tester (shell) ended a session of ada',
      'tester (shell) ended a session of ada',
    ]);
    expect(await t.accounts.sessions.endOf(operator, userOf(ada))).toEqual([]);
  });

  test('all of everybody but the one that asks for it', async () => {
    await t.signIn('root');
    expect(await t.accounts.sessions.endOthers(root)).toHaveLength(4);
    expect(await listed()).toEqual(['root local']);
    expect(await t.isSignedIn(root)).toBe(true);
    expect(await t.accounts.sessions.endOthers(operator)).toHaveLength(1);
    expect(await listed()).toEqual([]);
  });

  test('the own session is refused: signing out is for that', async () => {
    expect(await outcomeOf(t.accounts.sessions.endOne(root, idOf(root)))).toBe('own_session');
    expect(t.accounts.sessions.whyNotEnd(root, { id: idOf(root) })).toBe('own_session');
    expect(t.accounts.sessions.whyNotEnd(root, { id: idOf(ada) })).toBeUndefined();
    expect(await t.isSignedIn(root)).toBe(true);
  });

  test('an ordinary user ends the own sessions, and nobody else’s', async () => {
    const { sessions } = t.accounts;
    for (const refused of [
      () => sessions.endOne(ada, idOf(root)),
      () => sessions.endOne(ada, 'no such session'),
      () => sessions.endOf(ada, userOf(root)),
      () => sessions.endOthers(ada),
    ])
      expect(await outcomeOf(refused())).toBe('superuser_needed');
    expect(await told()).toContain(
      "ada tried to end a session of root: The user doesn't have enough privileges",
    );
    expect(await sessions.endOf(ada, userOf(ada))).toHaveLength(1);
    expect(await listed()).toEqual(['bob http', 'ada local', 'root local']);
  });

  test.each([
    ['all of a user', (id: string) => t.accounts.sessions.endOf(operator, id)],
    ['all of everybody', () => t.accounts.sessions.endOthers(operator)],
  ])('%s ends a sign-in code, which would begin another', async (_, end) => {
    const { recovery } = t.accounts;
    const codeOf = async (name: string) =>
      (await recovery.recover(operator, await recovery.find(operator, name))).code;
    const [adas, bobs] = [await codeOf('ada'), await codeOf('bob')];
    await end(userOf(ada));
    expect(await outcomeOf(t.signIn('ada', adas))).toBe('bad_credentials');
    const sentences = (await t.accounts.audit.page(operator, {}, { limit: 9 })).map(
      row => `${auditActor(row)} ${auditSentence(row)}`,
    );
    expect(sentences).toContain('tester (shell) ended the sign-in code of ada');
    const isBobs = (await outcomeOf(t.signIn('bob', bobs))) === 'done';
    expect(isBobs).toBe(!sentences.includes('tester (shell) ended the sign-in code of bob'));
  });

  test('in a rehearsal ends nothing', async () => {
    const rehearsal = await t.another({ rehearsal: true });
    expect(await rehearsal.accounts.sessions.endOthers(operator)).toHaveLength(4);
    expect(await listed()).toHaveLength(4);
  });
});

describe('when a session was used last', () => {
  const seenAt = async (actor: Actor) => (await t.store.read.sessions.find(idOf(actor)))?.seenAt;

  test('is its beginning at first, and what was noted once that is written', async () => {
    expect(await seenAt(ada)).toBe('2026-03-01T10:02:00.000000Z');
    t.pass(600);
    t.accounts.sessions.saw(idOf(ada));
    await t.accounts.close();
    expect(await seenAt(ada)).toBe('2026-03-01T10:14:00.000000Z');
    expect(await seenAt(root)).toBe('2026-03-01T10:01:00.000000Z');
  });

  test('is never set back by a process that saw it earlier', async () => {
    const other = await t.another();
    other.accounts.sessions.saw(idOf(ada));
    t.pass(600);
    t.accounts.sessions.saw(idOf(ada));
    await t.accounts.close();
    await other.accounts.close();
    expect(await seenAt(ada)).toBe('2026-03-01T10:14:00.000000Z');
  });

  test('is lost without a word where the database cannot be written', async () => {
    const other = await t.another();
    other.accounts.sessions.saw(idOf(ada));
    await other.store.close();
    await expect(other.accounts.close()).resolves.toBeUndefined();
  });
});
