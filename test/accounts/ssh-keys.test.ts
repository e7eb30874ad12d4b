import { expect, test } from 'vitest';
import { auditSentence } from '../../src/accounts/audit-words.ts';
import { codeAt, openAccounts, operator, usual } from '../support/accounts.ts';
import { newKeyPair } from '../support/ssh-keys.ts';

const from = { door: 'ssh', address: '192.0.2.7' } as const;
const source = from.address;

const openWithUsers = async () => {
  const t = await openAccounts();
  const root = await t.add('root', { isSuperuser: true });
  const ada = await t.add('ada');
  const bob = await t.add('bob');
  const actorOf = async (username: string) => (await t.signIn(username)).actor;
  const events = () =>
    t.rows<{ event: string; outcome: string; origin: string; detail: string }>(
      'select event, outcome, origin, detail from audit order by id',
    );
  return { ...t, root, ada, bob, actorOf, events };
};

test('a key signs its user in, and no other', async () => {
  await using t = await openWithUsers();
  const { line, blob } = newKeyPair();
  const key = await t.accounts.sshKeys.add(await t.actorOf('ada'), t.ada.id, line);
  expect(key).toMatchObject({ comment: 'somebody@laptop', type: 'ssh-ed25519', lastUsedAt: null });
  const { user, session } = await t.accounts.sshKeys.signIn({ username: 'ADA', blob, source, from });
  expect(user.username).toBe('ada');
  expect(session).toMatchObject({ door: 'ssh', passwordAt: null, address: source });
  const [used] = await t.accounts.sshKeys.list(operator, t.ada.id);
  expect(used?.lastUsedAt).not.toBeNull();
  for (const username of ['bob', 'root', 'nobody']) {
    expect(await t.accounts.sshKeys.isKnown({ username, blob })).toBe(false);
    await expect(t.accounts.sshKeys.signIn({ username, blob, source, from })).rejects.toMatchObject({
      code: 'bad_ssh_key',
    });
  }
});

test('the audit keeps which key it was, for all that is done with it', async () => {
  await using t = await openWithUsers();
  const { line, blob } = newKeyPair();
  const { fingerprint } = await t.accounts.sshKeys.add(operator, t.root.id, line);
  const { actor } = await t.accounts.sshKeys.signIn({ username: 'root', blob, source, from });
  await t.accounts.users.change(actor, t.ada.id, { isActive: false });
  const events = await t.events();
  expect(events.find(({ event }) => event === 'ssh_key_added')?.detail).toContain(fingerprint);
  for (const event of ['signed_in', 'user_changed'])
    expect(events.findLast(row => row.event === event)?.origin).toContain(fingerprint);
});

test("a key is one user's", async () => {
  await using t = await openWithUsers();
  const { line } = newKeyPair();
  await t.accounts.sshKeys.add(operator, t.ada.id, line);
  for (const id of [t.ada.id, t.bob.id])
    await expect(t.accounts.sshKeys.add(operator, id, `${line} other`)).rejects.toMatchObject({
      code: 'ssh_key_taken',
    });
});

test('of others only superusers see, add and remove keys', async () => {
  await using t = await openWithUsers();
  const { line } = newKeyPair();
  const bob = await t.actorOf('bob');
  const key = await t.accounts.sshKeys.add(await t.actorOf('root'), t.ada.id, line);
  const denied = { code: 'superuser_needed' };
  await expect(t.accounts.sshKeys.list(bob, t.ada.id)).rejects.toMatchObject(denied);
  await expect(t.accounts.sshKeys.add(bob, t.ada.id, newKeyPair().line)).rejects.toMatchObject(denied);
  await expect(t.accounts.sshKeys.remove(bob, t.ada.id, key.id)).rejects.toMatchObject(denied);
  await expect(t.accounts.sshKeys.remove(bob, t.bob.id, key.id)).rejects.toMatchObject({
    code: 'ssh_key_not_found',
  });
  expect(await t.accounts.sshKeys.list(operator, t.ada.id)).toHaveLength(1);
});

test('a removed key signs nobody in, and goes with its user', async () => {
  await using t = await openWithUsers();
  const [one, two] = [newKeyPair(), newKeyPair()];
  const key = await t.accounts.sshKeys.add(operator, t.ada.id, one.line);
  await t.accounts.sshKeys.add(operator, t.ada.id, two.line);
  await t.accounts.sshKeys.remove(operator, t.ada.id, key.id);
  const came = t.accounts.sshKeys.signIn({ username: 'ada', blob: one.blob, source, from });
  await expect(came).rejects.toMatchObject({ code: 'bad_ssh_key' });
  await t.accounts.users.remove(operator, t.ada.id);
  expect(await t.rows('select * from ssh_key')).toEqual([]);
});

test('the key of who is not active is refused, and that is written down', async () => {
  await using t = await openWithUsers();
  const { line, blob } = newKeyPair();
  await t.accounts.sshKeys.add(operator, t.ada.id, line);
  const come = () => t.accounts.sshKeys.signIn({ username: 'ada', blob, source, from });
  await t.accounts.users.change(operator, t.ada.id, { isActive: false });
  await expect(come()).rejects.toMatchObject({ code: 'waiting_for_approval' });
  await t.accounts.users.change(operator, t.ada.id, { isActive: true });
  await come();
  await t.accounts.users.change(operator, t.ada.id, { isActive: false });
  await expect(come()).rejects.toMatchObject({ code: 'inactive_user' });
  expect(await t.rows('select * from session')).toEqual([]);
  const outcomes = (await t.events()).filter(({ event }) => event === 'sign_in_failed');
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['waiting_for_approval', 'inactive_user']);
});

test('the automatic account gets no key', async () => {
  await using t = await openAccounts({ settings: { autoLogin: true } });
  await t.accounts.bootstrap.prepare(undefined);
  const automatic = await t.store.read.users.automatic();
  const added = t.accounts.sshKeys.add(operator, automatic?.id ?? '', newKeyPair().line);
  await expect(added).rejects.toMatchObject({ code: 'ssh_key_automatic' });
});

test('there is a limit to the keys of a user', async () => {
  await using t = await openWithUsers();
  for (let count = 0; count < 20; count += 1)
    await t.accounts.sshKeys.add(operator, t.ada.id, newKeyPair().line);
  await expect(t.accounts.sshKeys.add(operator, t.ada.id, newKeyPair().line)).rejects.toMatchObject({
    code: 'too_many_ssh_keys',
  });
});

test('failed passwords do not hold up a key', async () => {
  await using t = await openWithUsers();
  const { line, blob } = newKeyPair();
  await t.accounts.sshKeys.add(operator, t.ada.id, line);
  const guess = () => t.accounts.signIn({ username: 'ada', password: 'wrong', door: 'ssh', source, from });
  for (let count = 0; count < 5; count += 1)
    await expect(guess()).rejects.toMatchObject({ code: 'bad_credentials' });
  await expect(t.signInFrom(source, 'ada', usual)).rejects.toMatchObject({ code: 'too_many_attempts' });
  await t.accounts.sshKeys.signIn({ username: 'ada', blob, source, from });
});

test('the audit does not speak of a password where a key was right and no code came', async () => {
  await using t = await openWithUsers();
  const { line, blob } = newKeyPair();
  const actor = await t.actorOf('ada');
  await t.accounts.sshKeys.add(actor, t.ada.id, line);
  const enrolment = await t.accounts.secondStep.begin(actor, usual);
  await enrolment.confirm(codeAt(enrolment.secret, t.clock()));
  await t.accounts.sshKeys.signIn({ username: 'ada', blob, source, from }).catch(() => {});
  await t.accounts.signIn({ username: 'ada', password: usual, door: 'ssh', source, from }).catch(() => {});
  t.pass(600);
  await t.accounts.writeUnanswered();
  const rows = await t.accounts.audit.page(operator, { event: 'one_time_code_asked' }, { limit: 2 });
  expect(rows.map(row => auditSentence(row)).reverse()).toEqual([
    expect.stringMatching(/^tried to sign in with an SSH key alone as ada: /),
    expect.stringMatching(/^tried to sign in with the password alone as ada: /),
  ]);
});
