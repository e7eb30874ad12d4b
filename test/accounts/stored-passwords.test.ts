import bcrypt from 'bcrypt';
import { describe, expect, test } from 'vitest';
import { openAccounts, outcomeOf, type TestAccounts, usual } from '../support/accounts.ts';

/** As the Python server hashes: the bytes that were typed, cut at 72. */
const asPython = (password: string, cost = 4) =>
  bcrypt.hashSync(Buffer.from(password).subarray(0, 72), cost).replace('$2a$', '$2b$');

/** What stands in the seal. */
const opened = async (t: TestAccounts, id: string) => t.sealing.unseal((await t.stored(id)) ?? '', id);

const versionOf = async (t: TestAccounts, id: string) => (await t.find(id))?.version;

describe('a user of the Python server', () => {
  test.each([
    ['with a plain password', 'correct horse'],
    ['with a short password, which could not be set today', 'abc'],
    ['with a password of 72 bytes', 'x'.repeat(72)],
    ['with a password longer than 72 bytes', 'x'.repeat(100)],
    ['with a password cut in the middle of a character', `${'é'.repeat(35)}xé and more`],
    ['with a password that NFKC would change', 'ﬁne pa\u0302ssword'],
    ['with a long password that NFKC would change', `${'ﬁ'.repeat(40)} and more`],
  ])('%s signs in, is sealed by that, and signs in ever after', async (_, password) => {
    await using t = await openAccounts();
    const hash = asPython(password);
    const id = await t.addRow('ada', hash);
    expect(await outcomeOf(t.signIn('ada', 'wrong horse'))).toBe('bad_credentials');
    expect(await t.stored(id)).toBe(hash);

    for (let time = 1; time <= 3; time += 1) {
      expect((await t.signIn('ada', password)).user.id).toBe(id);
      expect(t.sealing.isSealed((await t.stored(id)) ?? '')).toBe(true);
      expect(await t.rows('select * from user where password like ?', '%$2b$%')).toEqual([]);
      expect(await outcomeOf(t.signIn('ada', 'wrong horse'))).toBe('bad_credentials');
    }
    expect(await versionOf(t, id)).toBe(1);
  });

  test('is sealed once: later sign-ins store nothing new', async () => {
    await using t = await openAccounts();
    const id = await t.addRow('ada', asPython(usual));
    await t.signIn('ada');
    const sealed = await t.stored(id);
    await t.signIn('ada');
    expect(await t.stored(id)).toBe(sealed);
  });

  test('binds the database to the secret key by being sealed', async () => {
    await using t = await openAccounts();
    await t.addRow('ada', asPython(usual));
    expect(await t.store.read.meta.get('secret_fingerprint')).toBeUndefined();
    await t.signIn('ada');
    expect(await t.store.read.meta.get('secret_fingerprint')).toBe(t.sealing.fingerprint);
  });

  test('who typed other bytes of the same characters then, types those bytes: others do not sign in', async () => {
    await using t = await openAccounts();
    await t.addRow('ada', asPython('ﬁne password'));
    expect(await outcomeOf(t.signIn('ada', 'fine password'))).toBe('bad_credentials');
    await t.signIn('ada', 'ﬁne password');
    expect(await outcomeOf(t.signIn('ada', 'fine password'))).toBe('bad_credentials');
  });

  test('is not sealed by a sign-in that ends as inactive', async () => {
    await using t = await openAccounts();
    const hash = asPython(usual);
    const id = await t.addRow('ada', hash);
    await t.rows('update user set is_active = 0');
    expect(await outcomeOf(t.signIn('ada'))).toBe('waiting_for_approval');
    expect(await t.stored(id)).toBe(hash);
  });

  test('signs in from several places at once, though each of them would seal the password', async () => {
    await using t = await openAccounts();
    const other = await t.another();
    for (const name of ['ada', 'eve', 'joe']) {
      const id = await t.addRow(name, asPython(usual));
      const places = [t, other, t, other, t, other].map(place => outcomeOf(place.signIn(name)));
      expect(await Promise.all(places)).toEqual(Array(6).fill('done'));
      expect(t.sealing.isSealed((await t.stored(id)) ?? '')).toBe(true);
      expect(await outcomeOf(t.signIn(name))).toBe('done');
    }
  });

  test('may change the password while another sign-in seals the old one', async () => {
    await using t = await openAccounts();
    const id = await t.addRow('ada', asPython(usual));
    const { actor } = await t.signIn('ada');
    await t.rows('update user set password = ? where id = ?', asPython(usual), id);
    t.lane.meanwhile(() => t.signIn('ada'));
    const change = t.accounts.changeOwnPassword(actor, { current: usual, next: 'another horse' });
    expect(await outcomeOf(change)).toBe('done');
    expect(await outcomeOf(t.signIn('ada', 'another horse'))).toBe('done');
  });
});

describe('a password hashed at another cost than the settings say', () => {
  test.each([
    ['lower', 5, 6],
    ['higher', 6, 5],
  ])('%s: is hashed anew by the next sign-in, and signs in ever after', async (_, then, now) => {
    await using t = await openAccounts({ settings: { bcryptCost: then } });
    const { id } = await t.add('ada');
    const later = await t.another({ settings: { bcryptCost: now } });
    expect(await outcomeOf(later.signIn('ada', 'wrong horse'))).toBe('bad_credentials');
    expect(await opened(t, id)).toMatch(new RegExp(`^\\$2b\\$0${then}\\$`));
    expect(await outcomeOf(later.signIn('ada'))).toBe('done');
    expect(await opened(t, id)).toMatch(new RegExp(`^\\$2b\\$0${now}\\$`));
    expect(await t.rows('select password_cost as cost from user')).toEqual([{ cost: now }]);
    expect(await outcomeOf(t.signIn('ada'))).toBe('done');
    expect(await versionOf(t, id)).toBe(1);
  });

  test('of the Python server: from then on counts the way we hash, whatever was typed', async () => {
    await using t = await openAccounts({ settings: { bcryptCost: 5 } });
    const id = await t.addRow('ada', asPython('ﬁne password', 4));
    expect(await outcomeOf(t.signIn('ada', 'ﬁne password'))).toBe('done');
    expect(await opened(t, id)).toMatch(/^\$2b\$05\$/);
    expect(await outcomeOf(t.signIn('ada', 'ﬁne password'))).toBe('done');
    expect(await outcomeOf(t.signIn('ada', 'fine password'))).toBe('done');
  });

  test('of the Python server and too long for us: stays as it was made, sealed', async () => {
    await using t = await openAccounts({ settings: { bcryptCost: 5 } });
    const id = await t.addRow('ada', asPython('x'.repeat(100), 4));
    for (let time = 1; time <= 2; time += 1) {
      expect(await outcomeOf(t.signIn('ada', 'x'.repeat(100)))).toBe('done');
      expect(await opened(t, id)).toMatch(/^raw:\$2b\$04\$/);
    }
  });

  test('is hashed anew by one of several sign-ins at once; none of them is refused', async () => {
    await using t = await openAccounts({ settings: { bcryptCost: 4 } });
    const { id } = await t.add('ada');
    const later = await t.another({ settings: { bcryptCost: 6 } });
    const asked = Array.from({ length: 5 }, () => outcomeOf(later.signIn('ada')));
    expect(await Promise.all(asked)).toEqual(Array(5).fill('done'));
    expect(await opened(t, id)).toMatch(/^\$2b\$06\$/);
  });
});

describe('a stored password that is damaged or from elsewhere', () => {
  test('lets nobody in: the seal of another user, of another key, a cut one, nothing, plain text', async () => {
    await using t = await openAccounts();
    const ada = await t.add('ada');
    const eve = await t.add('eve', { password: 'the horse of eve' });
    const sealed = (await t.stored(eve.id)) ?? '';
    const foreign = (await t.another({ secretKey: 'another key' })).sealing.seal(asPython(usual), ada.id);
    for (const password of [
      sealed,
      foreign,
      sealed.slice(0, -3),
      '',
      usual,
      'x'.repeat(60),
      '$2b$04$',
      '!',
    ]) {
      await t.rows('update user set password = ? where id = ?', password, ada.id);
      for (const tried of [usual, 'the horse of eve', '', password]) {
        expect(await outcomeOf(t.signIn('ada', tried))).toBe('bad_credentials');
      }
      expect(await t.stored(ada.id)).toBe(password);
    }
    expect(await outcomeOf(t.signIn('eve', 'the horse of eve'))).toBe('done');
  });
});

test('no stored password, session or setting of the database shows a hash or a password', async () => {
  await using t = await openAccounts();
  await t.add('ada');
  await t.signIn('ada', usual, 'http');
  const everything = JSON.stringify(await t.everything());
  expect(everything).toContain('sealed:v1:');
  expect(everything).not.toContain('$2b$');
  expect(everything).not.toContain(usual);
});
