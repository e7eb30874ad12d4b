import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/accounts/actor.ts';
import { auditSentence } from '../../src/accounts/audit-words.ts';
import { createSealing } from '../../src/accounts/sealing.ts';
import { newId, timestampOf } from '../../src/store/values.ts';
import {
  codeAt,
  openAccounts,
  operator,
  outcomeOf,
  secretKey,
  type TestAccounts,
  type TestProcess,
  usual,
} from '../support/accounts.ts';

const key = 'the secret key that comes after the first one';
const next = { text: key, sealing: createSealing(key), keepIn: undefined, isToBeSet: true };
const there = '192.0.2.7';
const python = '$2b$04$abcdefghijklmnopqrstuuNb9sJ8y0sVxQm3Yw1bQvN1uXgq1r2e6';

let t: TestAccounts;
beforeEach(async () => {
  t = await openAccounts();
});
afterEach(() => t[Symbol.asyncDispose]());

const rotate = (process: TestProcess = t, actor: Actor = operator) =>
  process.accounts.keyRotation.apply(actor, next);
/** A process that was started with the new key. */
const withNewKey = () => t.another({ secretKey: key });

describe('a rotation', () => {
  test('seals every password anew, and everybody signs in with the same one; nobody changes by it', async () => {
    await t.add('root', { isSuperuser: true });
    await t.add('ada', { password: 'the horse of ada' });
    await t.addRow('plain', python);
    await t.addRow('none', '');
    const before = await t.rows<{ password: string }>('select * from user order by id');
    expect(await rotate()).toMatchObject({ users: 4, sealed: 2, plain: 1, none: 1, unreadable: [] });

    const now = await t.rows<{ password: string }>('select * from user order by id');
    const others = (rows: typeof before) => rows.map(row => ({ ...row, password: '' }));
    expect(others(now)).toEqual(others(before));
    const sealed = ({ password }: { password: string }) => password.startsWith('sealed:');
    expect(now.filter(sealed)).toHaveLength(2);
    for (const { password } of now.filter(sealed))
      expect(before.map(row => row.password)).not.toContain(password);
    expect(now.filter(row => !sealed(row))).toEqual(before.filter(row => !sealed(row)));

    const process = await withNewKey();
    expect(await outcomeOf(process.signIn('root'))).toBe('done');
    expect(await outcomeOf(process.signIn('ada', 'the horse of ada'))).toBe('done');
    expect(await outcomeOf(process.signIn('ada', usual))).toBe('bad_credentials');
    expect((await process.accounts.check()).flatMap(({ problems }) => problems)).toEqual([]);
  });

  test('seals the secrets of one-time codes anew: the same app and the same recovery codes go on', async () => {
    await t.add('ada');
    await t.add('bob', { isSuperuser: true });
    const { secret, recoveryCodes } = await t.enrol('ada');
    t.pass(60);
    expect(await t.accounts.keyRotation.plan(operator)).toMatchObject({ sealed: 2, secrets: 1 });
    const before = await t.rows('select * from second_step');
    expect(await rotate()).toMatchObject({ sealed: 2, secrets: 1, unreadableSecrets: [] });
    const [row] = await t.rows<{ user_id: string; secret: string }>('select * from second_step');
    expect([row]).not.toEqual(before);
    expect(next.sealing.oneTimeCodes.unseal(row?.secret ?? '', row?.user_id ?? '')).toBe(secret);

    const process = await withNewKey();
    const signedIn = (code: string) => outcomeOf(process.signInFrom(there, 'ada', usual, code));
    expect(await signedIn(codeAt(secret, t.clock()))).toBe('done');
    expect(await signedIn(recoveryCodes[0] ?? '')).toBe('done');
    const [rotated] = (await process.accounts.audit.page(operator, {}, { limit: 9 })).filter(
      ({ event }) => event === 'secret_rotated',
    );
    expect(rotated && auditSentence(rotated)).toContain('Secrets of one-time codes sealed anew 1');
    expect((await process.accounts.check()).flatMap(({ problems }) => problems)).toEqual([]);
  });

  test('goes through more users than are read at a time, and tells how far it is', async () => {
    const ids = Array.from({ length: 2100 }, newId);
    const now = timestampOf(new Date());
    const flags = { isActive: true, isSuperuser: false, isAutomatic: false, passwordCost: 4 };
    await t.store.write(async tx => {
      for (const id of ids)
        await tx.users.insert({ ...flags, id, username: id, password: t.sealing.seal(`of ${id}`, id), now });
    });
    const told: number[] = [];
    await t.accounts.keyRotation.apply(operator, next, done => told.push(done));
    // Once while they are sealed, once while they are looked at again.
    expect(told).toEqual([1000, 2000, 2100, 1000, 2000, 2100]);
    for (const { id, password } of await t.rows<{ id: string; password: string }>('select * from user'))
      expect(next.sealing.unseal(password, id)).toBe(`of ${id}`);
  });

  test('ends every session and keeps API keys', async () => {
    await t.add('ada');
    const [console, browser] = [await t.signIn('ada'), await t.signIn('ada', usual, 'http')];
    const { clear } = await t.accounts.apiKeys.create(console.actor, {});
    await rotate();
    const process = await withNewKey();
    for (const { actor } of [console, browser]) {
      expect(await process.isSignedIn(actor)).toBe(false);
      expect(await t.isSignedIn(actor)).toBe(false);
    }
    expect((await process.accounts.apiKeys.verify(clear)).user.username).toBe('ada');
  });

  test('forgets what was tried at an account, which nobody would find, and not what an address tried', async () => {
    await t.add('ada');
    for (let time = 1; time <= 6; time += 1) await outcomeOf(t.signInFrom(there, 'ada', 'wrong'));
    expect(await outcomeOf(t.signInFrom(there, 'ada'))).toBe('too_many_attempts');
    await rotate();
    const process = await withNewKey();
    expect(await t.rows('select about, tries from throttle')).toEqual([{ about: 'failures', tries: 5 }]);
    expect(await outcomeOf(process.signInFrom(there, 'ada'))).toBe('done');
  });

  test('is in the audit, whose chain goes on under the new key', async () => {
    await t.add('ada');
    const head = await t.accounts.audit.head(operator);
    await rotate();
    const process = await withNewKey();
    await process.add('eve');
    const rows = await process.accounts.audit.page(operator, {}, { limit: 2 });
    expect(rows.map(row => auditSentence(row))).toEqual([
      'added eve: Active yes, Superuser no',
      'went over to a new secret key: Passwords sealed anew 1',
    ]);
    expect(await process.accounts.audit.verify(operator, head)).toMatchObject({
      rows: 3,
      problems: [],
      unverifiable: 0,
    });
  });

  test('before anybody has a password binds the database to the new key', async () => {
    await t.addRow('plain', python);
    expect(await rotate()).toMatchObject({ sealed: 0, plain: 1 });
    expect(await t.store.read.meta.get('secret_fingerprint')).toBe(next.sealing.fingerprint);
    expect((await (await withNewKey()).accounts.audit.verify(operator)).problems).toEqual([]);
  });

  test('is for superusers and commands', async () => {
    await t.add('ada');
    const { actor } = await t.signIn('ada');
    const before = await t.everything();
    expect(await outcomeOf(rotate(t, actor))).toBe('superuser_needed');
    expect(await outcomeOf(t.accounts.keyRotation.plan(actor))).toBe('superuser_needed');
    expect(await t.everything()).toEqual(before);
  });

  test('that is only rehearsed leaves everything as it was', async () => {
    await t.add('ada');
    const before = await t.everything();
    const rehearsal = await t.another({ rehearsal: true });
    expect(await rotate(rehearsal)).toMatchObject({ sealed: 1 });
    expect(await t.everything()).toEqual(before);
    expect(await outcomeOf(t.signIn('ada'))).toBe('done');
  });
});

describe('a rotation is refused, and leaves everything as it was', () => {
  const refused = async (words: string | RegExp) => {
    const before = await t.everything();
    const refusal = { code: 'seals_broken', exit: 7, message: expect.stringMatching(words) };
    await expect(t.accounts.keyRotation.plan(operator)).rejects.toMatchObject(refusal);
    await expect(rotate()).rejects.toMatchObject(refusal);
    expect(await t.everything()).toEqual(before);
  };

  test('where the secret of somebody does not open, with the name and what can be done', async () => {
    await t.add('ada');
    await t.enrol('ada');
    await t.rows("update second_step set secret = 'sealed:v1:00000000:AAAA'");
    await refused(/one-time codes of ada.*users mfa reset/);
  });

  test('where passwords do not open: it names whose', async () => {
    const ada = await t.add('ada');
    for (const name of ['u1', 'u2', 'u3', 'u4', 'u5', 'u6']) await t.add(name);
    const sealed = await t.stored(ada.id);
    await t.rows("update user set password = ? where username = 'u3'", sealed);
    await refused(
      /^The secret key does not open the password of u3, so nothing was changed\. Give a new one /,
    );
    await t.rows("update user set password = ? where username <> 'ada'", sealed);
    await refused(/the password of u\d, u\d, u\d, u\d, u\d and 1 more,/);
  });

  test('where the audit key does not open: the audit would begin anew', async () => {
    await t.add('ada');
    await t.rows("update meta set value = 'else' where key = 'audit_key'");
    await refused('The secret key does not open the audit, so nothing was changed');
  });
});

describe('a process that was started with the old key', () => {
  test('signs nobody in and changes nothing from then on, and says why; never that a password is wrong', async () => {
    const root = await t.add('root', { isSuperuser: true });
    await t.accounts.bootstrap.prepare(undefined);
    const settings = { autoLogin: true, enableSignup: true };
    const old = await t.another({ settings });
    await old.accounts.bootstrap.prepare(undefined);
    await rotate();
    const before = await t.everything();
    const person = { username: 'eve', password: usual };
    const { accounts } = old;
    const tries: Record<string, () => Promise<unknown>> = {
      'the right password': () => old.signIn('root'),
      'a wrong password': () => old.signIn('root', 'wrong horse'),
      'nobody’s password': () => old.signInFrom(there, 'nobody'),
      'automatic sign-in': () => accounts.signInAutomatically('local'),
      'sign-up': () => accounts.signUp(person),
      'a new user': () => accounts.users.create(operator, person),
      'a new superuser': () => accounts.users.makeSuperuser(person, { update: false }),
      'a flag': () => accounts.users.change(operator, root.id, { isActive: false }),
      'a password': () => accounts.users.change(operator, root.id, { password: 'another horse' }),
      'a deletion': () => accounts.users.remove(operator, root.id),
      'another rotation': () => rotate(old),
    };
    for (const [name, attempt] of Object.entries(tries))
      expect([name, await outcomeOf(attempt())]).toEqual([name, 'secret_key_outdated']);
    expect(await t.everything()).toEqual(before);
    const process = await withNewKey();
    expect(await outcomeOf(process.signIn('root'))).toBe('done');
    expect((await process.accounts.audit.verify(operator)).problems).toEqual([]);
  });

  test('is told so in one sentence, which a client may read too', async () => {
    await t.add('root', { isSuperuser: true });
    await rotate();
    await expect(t.signIn('root')).rejects.toMatchObject({
      http: 503,
      exit: 8,
      message: 'The secret key was replaced: start Langinfra again',
    });
  });
});

test('of two rotations at once one is done, and its key is the one of everything', async () => {
  await t.add('ada', { isSuperuser: true });
  const other = await t.another();
  const otherKey = `another ${secretKey}`;
  const theirs = { ...next, text: otherKey, sealing: createSealing(otherKey) };
  const outcomes = await Promise.all([
    outcomeOf(rotate()),
    outcomeOf(other.accounts.keyRotation.apply(operator, theirs)),
  ]);
  expect([...outcomes].sort()).toEqual(['done', 'secret_key_outdated']);
  const process = await t.another({ secretKey: outcomes[0] === 'done' ? key : otherKey });
  expect(await outcomeOf(process.signIn('ada'))).toBe('done');
  expect((await process.accounts.check()).flatMap(({ problems }) => problems)).toEqual([]);
});
