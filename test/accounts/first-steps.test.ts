import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Origin } from '../../src/accounts/origin.ts';
import {
  codeAt,
  openAccounts,
  operator,
  outcomeOf,
  type TestAccounts,
  type TestProcess,
  usual,
} from '../support/accounts.ts';
import { newKeyPair } from '../support/ssh-keys.ts';

const here = '192.0.2.1';

let t: TestAccounts;
let secret: string;
let begun: number;
beforeEach(async () => {
  t = await openAccounts({ at: '2026-11-26T02:18:00Z' });
  await t.add('ada');
  ({ secret } = await t.enrol('ada'));
  t.pass(60);
  begun = (await t.rows('select id from audit')).length;
});
afterEach(() => t[Symbol.asyncDispose]());

const code = () => codeAt(secret, t.clock());
/** Comes by HTTP from an address, with what it says of itself there. */
const come = (oneTimeCode?: string, address = here, on: TestProcess = t) =>
  outcomeOf(
    on.accounts.signIn({
      username: 'ada',
      password: usual,
      oneTimeCode,
      door: 'http',
      source: address,
      from: { door: 'http', address, requestId: `request at ${on.accounts.clock().toISOString()}` },
    }),
  );
/** What the audit has since the test began. */
const written = async () =>
  (
    await t.rows<{ event: string; at: string; origin: string; detail: string }>(
      'select event, at, origin, detail from audit order by id',
    )
  ).slice(begun);
const events = async () => (await written()).map(({ event }) => event);
const unanswered = 'one_time_code_asked';

test.each<{ name: string; from: Origin & { door: 'local' | 'http' | 'ssh' | 'browser' } }>([
  { name: 'at the console', from: { door: 'local', tty: '/dev/pts/1', osUser: 'ada' } },
  { name: 'over HTTP', from: { door: 'http', address: here } },
  { name: 'over SSH', from: { door: 'ssh', address: here } },
  { name: 'in a browser', from: { door: 'browser', address: here } },
])('a sign-in with a right code is one row, $name', async ({ from }) => {
  const asked = t.clock().toISOString().slice(0, -1);
  const { door, address: source } = from;
  const request = { username: 'ada', password: usual, door, source, from };
  expect(await outcomeOf(t.accounts.signIn(request))).toBe('one_time_code_required');
  t.pass(20);
  expect(await outcomeOf(t.accounts.signIn({ ...request, oneTimeCode: code() }))).toBe('done');
  t.pass(600);
  await t.accounts.writeUnanswered();
  const rows = await written();
  expect(rows.map(({ event }) => event)).toEqual(['signed_in']);
  expect(JSON.parse(rows[0]?.detail ?? '')).toEqual({ after: { codeAskedAt: `${asked}000Z` } });
});

test('a sign-in with a key and a right code is one row', async () => {
  const { line, blob } = newKeyPair();
  const { id } = await t.accounts.users.findByName(operator, 'ada');
  await t.accounts.sshKeys.add(operator, id, line);
  const from = { door: 'ssh', address: here } as const;
  const request = { username: 'ada', blob, source: here, from };
  expect(await outcomeOf(t.accounts.sshKeys.signIn(request))).toBe('one_time_code_required');
  expect(await outcomeOf(t.accounts.sshKeys.signIn({ ...request, oneTimeCode: code() }))).toBe('done');
  t.pass(600);
  await t.accounts.writeUnanswered();
  expect(await events()).toEqual(['ssh_key_added', 'signed_in']);
});

test('who gives no code is in the audit, with the place and the time of the password', async () => {
  const asked = t.clock().toISOString();
  await come();
  t.pass(120);
  await t.accounts.writeUnanswered();
  expect(await events()).toEqual([]);
  t.pass(31);
  await t.accounts.writeUnanswered();
  const [row] = await t.accounts.audit.page(operator, {}, { limit: 1 });
  expect(row).toMatchObject({
    event: unanswered,
    outcome: 'one_time_code_required',
    at: asked.replace('Z', '000Z'),
    targetName: 'ada',
    door: 'http',
    origin: JSON.stringify({ address: here, requestId: `request at ${asked}` }),
  });
  await t.accounts.writeUnanswered();
  expect(await events()).toEqual([unanswered]);
  expect(await t.accounts.audit.verify(operator)).toMatchObject({ problems: [] });
});

test('a running process writes it by itself', async () => {
  await come();
  t.pass(150 - 0.05);
  await t.accounts.writeUnanswered();
  expect(await events()).toEqual([]);
  t.pass(1);
  await vi.waitFor(async () => expect(await events()).toEqual([unanswered]), { timeout: 10_000 });
});

test('where the process died, the next one that opens the database writes it', async () => {
  const dying = await t.another();
  await come(undefined, here, dying);
  await dying.accounts.close();
  t.pass(3600);
  const next = await t.another();
  await Promise.all([next.accounts.writeUnanswered(), t.accounts.writeUnanswered()]);
  expect(await events()).toEqual([unanswered]);
});

test('a wrong code is a row of its own, and nothing is said twice', async () => {
  await come();
  expect(await come('000000')).toBe('one_time_code_wrong');
  t.pass(600);
  await t.accounts.writeUnanswered();
  expect(await events()).toEqual(['sign_in_failed']);
  expect((await written())[0]?.detail).toContain('codeAskedAt');
});

test('a code that nobody looked at, for the account is held up, hides nothing', async () => {
  for (let time = 0; time < 4; time += 1) await come('000000');
  await come();
  await come();
  await come('000000');
  expect(await come(code())).toBe('too_many_attempts');
  t.pass(600);
  await t.accounts.writeUnanswered();
  expect((await events()).filter(event => event === unanswered)).toHaveLength(1);
});

test('the code of the owner does not hide somebody else who gave the password', async () => {
  await come(undefined, '203.0.113.5');
  await come();
  await come();
  expect(await come(code())).toBe('done');
  t.pass(600);
  await t.accounts.writeUnanswered();
  const [signedIn, ...others] = await written();
  expect(signedIn?.event).toBe('signed_in');
  expect(others).toMatchObject([
    { event: unanswered, origin: expect.stringContaining('203.0.113.5') },
    { event: unanswered, origin: expect.stringContaining(here) },
  ]);
});

test('it is written of a user who was deleted meanwhile', async () => {
  await come();
  const { id } = await t.accounts.users.findByName(operator, 'ada');
  await t.accounts.users.remove(operator, id);
  t.pass(600);
  await t.accounts.writeUnanswered();
  const [row] = await t.accounts.audit.page(operator, {}, { limit: 1 });
  expect(row).toMatchObject({ event: unanswered, targetName: 'ada', targetId: id });
});

test('a clock that was set back does not put it off', async () => {
  await come();
  t.pass(-3600);
  await t.accounts.writeUnanswered();
  expect(await events()).toEqual([unanswered]);
});
