import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/accounts/actor.ts';
import { auditSentence } from '../../src/accounts/audit-words.ts';
import {
  atOnce,
  codeAt,
  openAccounts,
  operator,
  outcomeOf,
  secretKey,
  type TestAccounts,
  usual,
} from '../support/accounts.ts';

const here = '192.0.2.1';

let t: TestAccounts;
beforeEach(async () => {
  // The first second of a time step.
  t = await openAccounts({ at: '2026-11-26T02:18:00Z' });
  await t.add('root', { isSuperuser: true });
  await t.add('ada');
});
afterEach(() => t[Symbol.asyncDispose]());

/** Six characters each, and no six digits: those of other scripts, letters with accents, emoji, and ones that are no text. */
const noDigits = [
  '１２３４５６',
  '١٢٣٤٥٦',
  'éééééé',
  '😀😀😀',
  '12345\u0000',
  '\ud800'.repeat(6),
  '12345é',
  '-12345',
  '1e5   ',
  '0x1234',
];

/** Signs ada in over HTTP with a code. */
const withCode = (code: string | undefined, password = usual) => t.signInFrom(here, 'ada', password, code);
const said = async () =>
  (await t.accounts.audit.page(operator, {}, { limit: 20 })).map(row => auditSentence(row));
const throttled = () => t.rows<{ tries: number }>("select tries from throttle where about like 'account:%'");
const signedInAs = async (username: string): Promise<Actor> =>
  (await t.accounts.signIn({ username, password: usual, door: 'local' })).actor;

describe('setting one-time codes up', () => {
  test('counts once a code was right; the secret is in the database sealed only', async () => {
    const actor = await signedInAs('ada');
    const { secret, confirm, uri } = await t.accounts.secondStep.begin(actor);
    expect(uri()).toBe(`otpauth://totp/Langinfra:ada?secret=${secret}&issuer=Langinfra`);
    expect(await outcomeOf(confirm('000000'))).toBe('one_time_code_wrong');
    expect(await said()).toContain('tried to set up one-time codes: Incorrect one-time code');
    expect(await t.accounts.secondStep.own(actor)).toBeUndefined();
    expect(await outcomeOf(withCode(undefined))).toBe('done');

    const codes = await confirm(codeAt(secret, t.clock()));
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^[acdefghjkmnpqrtuvwxy34679]{4}(-[a-z\d]{4}){2}$/);
    expect(await t.accounts.secondStep.own(actor)).toMatchObject({ recoveryCodesLeft: 10 });
    const kept = JSON.stringify(await t.everything());
    for (const shown of [secret, ...codes, ...codes.map(code => code.replaceAll('-', ''))])
      expect(kept).not.toContain(shown);
    expect(await said()).toContain('set up one-time codes');
  });

  test.each(noDigits)('is not confirmed by what is no six digits: %j', async typed => {
    const { confirm } = await t.accounts.secondStep.begin(await signedInAs('ada'));
    expect(await outcomeOf(confirm(typed))).toBe('one_time_code_wrong');
  });

  test('asks for the password where the sign-in was a while ago', async () => {
    const actor = await signedInAs('ada');
    t.pass(301);
    const { begin } = t.accounts.secondStep;
    expect(await outcomeOf(begin(actor))).toBe('current_password_missing');
    expect(await outcomeOf(begin(actor, 'wrong'))).toBe('current_password_wrong');
    expect(await outcomeOf(begin(actor, usual))).toBe('done');
  });

  test('is not to be done twice, nor after the password was changed or the session has ended', async () => {
    const actor = await signedInAs('ada');
    const { begin } = t.accounts.secondStep;
    const first = await begin(actor);
    const confirmed = (enrolment: typeof first) =>
      outcomeOf(enrolment.confirm(codeAt(enrolment.secret, t.clock())));
    await t.accounts.changeOwnPassword(actor, { next: 'another horse' });
    expect(await confirmed(first)).toBe('current_password_wrong');
    const [second, third] = [await begin(actor), await begin(actor)];
    expect(await confirmed(second)).toBe('done');
    expect(await confirmed(third)).toBe('one_time_codes_on');
    expect(await outcomeOf(begin(actor))).toBe('one_time_codes_on');
    await t.accounts.sessions.endAll();
    expect(await confirmed(third)).toBe('session_ended');
  });

  test('is not for the automatic account', async () => {
    const automatic = await t.another({ settings: { autoLogin: true } });
    await automatic.accounts.bootstrap.prepare(undefined);
    const signedIn = await automatic.accounts.signInAutomatically('local');
    expect(signedIn).toBeDefined();
    if (signedIn)
      expect(await outcomeOf(automatic.accounts.secondStep.begin(signedIn.actor))).toBe('automatic_account');
  });
});

describe('signing in', () => {
  let secret: string;
  let recoveryCodes: string[];
  beforeEach(async () => {
    ({ secret, recoveryCodes } = await t.enrol('ada'));
    t.pass(60);
  });
  const now = (later = 0) => codeAt(secret, t.clock(), later);

  test('asks for a code after the right password, and only then; others are asked for none', async () => {
    expect(await outcomeOf(withCode(undefined))).toBe('one_time_code_required');
    expect(await outcomeOf(withCode(''))).toBe('one_time_code_required');
    expect(await outcomeOf(withCode(undefined, 'wrong'))).toBe('bad_credentials');
    expect(await outcomeOf(withCode('000000', 'wrong'))).toBe('bad_credentials');
    expect(await outcomeOf(t.signInFrom(here, 'nobody', usual, now()))).toBe('bad_credentials');
    expect(await outcomeOf(t.signInFrom(here, 'root'))).toBe('done');
    expect(await outcomeOf(withCode(now()))).toBe('done');
  });

  test('leaves nothing behind where the code is missing or wrong', async () => {
    const { users, sessions } = await t.everything();
    await outcomeOf(withCode(undefined));
    await outcomeOf(withCode('000000'));
    expect(await t.everything()).toMatchObject({ users, sessions });
  });

  test('takes the codes of the steps before and after, and none further away', async () => {
    for (const far of [-60, 60]) expect(await outcomeOf(withCode(now(far)))).toBe('one_time_code_wrong');
    for (const near of [-30, 0, 30]) expect(await outcomeOf(withCode(now(near)))).toBe('done');
    expect(await outcomeOf(withCode('garbage'))).toBe('one_time_code_wrong');
  });

  test.each(noDigits)('takes what is no six digits for a wrong code, and counts it: %j', async typed => {
    expect(await outcomeOf(withCode(typed))).toBe('one_time_code_wrong');
    expect(await throttled()).toEqual([{ tries: 1 }]);
    expect((await said())[0]).toContain('Incorrect one-time code');
  });

  test('takes six digits in two groups, as apps show them', async () => {
    expect(await outcomeOf(withCode(` ${now().slice(0, 3)} ${now().slice(3)} `))).toBe('done');
  });

  test('takes no code twice, nor an older one after it', async () => {
    const [older, code] = [now(-30), now()];
    expect(await outcomeOf(withCode(code))).toBe('done');
    expect(await outcomeOf(withCode(code))).toBe('one_time_code_wrong');
    expect(await outcomeOf(withCode(older))).toBe('one_time_code_wrong');
    t.pass(-60);
    expect(await outcomeOf(withCode(now()))).toBe('one_time_code_wrong');
    t.pass(90);
    expect(await outcomeOf(withCode(now()))).toBe('done');
  });

  test('does not take the code again that set them up', async () => {
    t.pass(-60);
    expect(await outcomeOf(withCode(now()))).toBe('one_time_code_wrong');
  });

  test('takes a code once from two connections at the same time', async () => {
    const other = await t.another();
    const code = now();
    const asked = [t, other, t, other].map(process =>
      outcomeOf(process.signInFrom(here, 'ada', usual, code)),
    );
    expect((await Promise.all(asked)).sort()).toEqual([
      'done',
      ...Array.from({ length: 3 }, () => 'one_time_code_wrong'),
    ]);
  });

  test('takes a recovery code once, in capitals and without its dashes too, and says how many are left', async () => {
    const [first = '', second = ''] = recoveryCodes;
    expect(await withCode(first)).toMatchObject({ recoveryCodesLeft: 9 });
    expect(await outcomeOf(withCode(first))).toBe('one_time_code_wrong');
    expect(await withCode(second.toUpperCase().replaceAll('-', ''))).toMatchObject({ recoveryCodesLeft: 8 });
    expect((await said()).filter(sentence => sentence.includes('recovery code'))).toEqual([
      'signed in with a recovery code: Recovery codes left 8',
      'signed in with a recovery code: Recovery codes left 9',
    ]);
    expect((await withCode(now())).recoveryCodesLeft).toBeUndefined();
  });

  test('counts a wrong code as a failed sign-in, and holds up who guesses', async () => {
    for (let time = 1; time <= 5; time += 1)
      expect(await outcomeOf(withCode('000000'))).toBe('one_time_code_wrong');
    expect(await outcomeOf(withCode(now()))).toBe('too_many_attempts');
    expect(await throttled()).toEqual([{ tries: 5 }]);
    t.pass(2);
    expect(await outcomeOf(withCode(now()))).toBe('done');
    expect(await throttled()).toEqual([]);
    expect((await said()).filter(sentence => sentence.includes('Incorrect one-time code'))).toHaveLength(5);
  });

  test('neither counts a missing code as a failure nor forgets the failures for it', async () => {
    await outcomeOf(withCode('000000'));
    for (let time = 1; time <= 6; time += 1)
      expect(await outcomeOf(withCode(undefined))).toBe('one_time_code_required');
    expect(await throttled()).toEqual([{ tries: 1 }]);
    const { signIn } = t.accounts;
    const signedIn = await signIn({ username: 'ada', password: usual, oneTimeCode: now(), door: 'local' });
    expect(signedIn.failed).toMatchObject({ count: 1 });
  });

  test('does not hold up the local console', async () => {
    const local = (oneTimeCode: string) =>
      outcomeOf(t.accounts.signIn({ username: 'ada', password: usual, oneTimeCode, door: 'local' }));
    for (let time = 1; time <= 7; time += 1) expect(await local('000000')).toBe('one_time_code_wrong');
    expect(await local(now())).toBe('done');
  });

  test('goes on without a code for API keys and for a change of the own password', async () => {
    const { actor } = await withCode(now());
    const { clear } = await t.accounts.apiKeys.create(actor, {});
    expect((await t.accounts.apiKeys.verify(clear)).user.username).toBe('ada');
    expect(
      await outcomeOf(t.accounts.changeOwnPassword(actor, { current: usual, next: 'another horse' })),
    ).toBe('done');
  });

  test('is not possible with a secret that was moved from another user', async () => {
    const { secret: roots } = await t.enrol('root');
    const { id } = await t.accounts.users.findByName(operator, 'ada');
    await t.rows(
      'update second_step set secret = (select secret from second_step where user_id <> ?) where user_id = ?',
      id,
      id,
    );
    t.pass(60);
    expect(await outcomeOf(withCode(codeAt(roots, t.clock())))).toBe('one_time_code_wrong');
    const check = (await t.accounts.check()).find(({ name }) => name === 'One-time codes');
    expect(check?.problems).toEqual([
      'ada has one-time codes whose secret does not open with this secret key',
    ]);
  });
});

test('of many processes that are given one code at the same time, one signs in', async () => {
  // Their clocks are real ones.
  await using real = await openAccounts();
  await real.add('ada');
  const { secret } = await real.enrol('ada');
  const text = `
    const { openStore } = await from('store/open.ts');
    const { createAccounts } = await from('accounts/accounts.ts');
    const { createSealing } = await from('accounts/sealing.ts');
    const { createBcryptLane } = await from('accounts/bcrypt-lane.ts');
    const { Refusal } = await from('refusal.ts');
    const store = await openStore('sqlite:///' + process.env.DATABASE, { create: false });
    const lane = createBcryptLane(1);
    const accounts = createAccounts({
      store, lane, settings: JSON.parse(process.env.SETTINGS), clock: () => new Date(process.env.AT),
      sealing: createSealing(process.env.KEY), origin: { door: 'command', osUser: 'tester' },
    });
    const request = { username: 'ada', password: process.env.PASSWORD, oneTimeCode: process.env.CODE, door: 'local' };
    await go();
    say(await accounts.signIn(request).then(() => 'done', error => error.code));
    await accounts.close();
    await lane.close();
    await store.close();`;
  const at = new Date(real.clock().getTime() + 60_000);
  const outcomes = await atOnce(4, text, {
    DATABASE: real.path,
    SETTINGS: JSON.stringify(real.settings),
    KEY: secretKey,
    PASSWORD: usual,
    CODE: codeAt(secret, at),
    AT: at.toISOString(),
  });
  expect(outcomes.sort()).toEqual(['done', ...Array.from({ length: 3 }, () => 'one_time_code_wrong')]);
});

describe('afterwards', () => {
  let secret: string;
  let recoveryCodes: string[];
  beforeEach(async () => {
    ({ secret, recoveryCodes } = await t.enrol('ada'));
    t.pass(60);
  });
  const signedInWithCode = async () => {
    const { actor } = await withCode(codeAt(secret, t.clock()));
    t.pass(60);
    return actor;
  };
  const proof = () => ({ code: codeAt(secret, t.clock()), current: usual });

  test('they are turned off with a code and the password, and with nothing less', async () => {
    const actor = await signedInWithCode();
    const { turnOff } = t.accounts.secondStep;
    expect(await outcomeOf(turnOff(actor, { ...proof(), code: '000000' }))).toBe('one_time_code_wrong');
    expect(await outcomeOf(turnOff(actor, { ...proof(), current: 'wrong' }))).toBe('current_password_wrong');
    expect(await outcomeOf(withCode(undefined))).toBe('one_time_code_required');
    expect(await outcomeOf(turnOff(actor, proof()))).toBe('done');
    expect(await outcomeOf(withCode(undefined))).toBe('done');
    expect(await outcomeOf(turnOff(actor, proof()))).toBe('one_time_codes_off');
    expect(await said()).toContain('turned off the own one-time codes');
    expect(await t.everything()).toMatchObject({ secondSteps: [], recoveryCodes: [] });
  });

  test('a wrong code there counts as a failed sign-in, also with the right password, and is in the audit', async () => {
    const actor = { ...(await signedInWithCode()), from: { door: 'browser', address: here } } as Actor;
    const { turnOff, renewRecoveryCodes } = t.accounts.secondStep;
    for (const work of [turnOff, renewRecoveryCodes, turnOff, turnOff, renewRecoveryCodes])
      expect(await outcomeOf(work(actor, { ...proof(), code: '000000' }))).toBe('one_time_code_wrong');
    expect(await throttled()).toEqual([{ tries: 5 }]);
    expect(await outcomeOf(turnOff(actor, proof()))).toBe('too_many_attempts');
    const sentences = await said();
    for (const what of ['turn off the own one-time codes', 'make new recovery codes'])
      expect(sentences).toContain(`tried to ${what}: Incorrect one-time code`);
    expect(sentences).toContain('had to wait after failed sign-ins to ada: Seconds 1');
    t.pass(2);
    expect(await outcomeOf(turnOff(actor, proof()))).toBe('done');
    expect(await throttled()).toEqual([]);
  });

  test.each(noDigits)('what is no six digits turns nothing off and makes no codes: %j', async code => {
    const actor = await signedInWithCode();
    const { turnOff, renewRecoveryCodes } = t.accounts.secondStep;
    for (const work of [turnOff, renewRecoveryCodes])
      expect(await outcomeOf(work(actor, { ...proof(), code }))).toBe('one_time_code_wrong');
    expect(await t.everything()).toMatchObject({ secondSteps: [expect.anything()] });
  });

  test('new recovery codes take the place of all the others', async () => {
    const actor = await signedInWithCode();
    const [old = '', another = ''] = recoveryCodes;
    const [fresh = ''] = await t.accounts.secondStep.renewRecoveryCodes(actor, { ...proof(), code: old });
    expect(await outcomeOf(withCode(another))).toBe('one_time_code_wrong');
    expect(await withCode(fresh)).toMatchObject({ recoveryCodesLeft: 9 });
    expect(await said()).toContain('made new recovery codes');
  });

  test('a superuser resets them: the password is enough again, and all sessions have ended', async () => {
    const [root, ada] = [await signedInAs('root'), await signedInWithCode()];
    const { reset } = t.accounts.secondStep;
    const id = 'userId' in ada ? ada.userId : '';
    expect(await outcomeOf(reset(ada, id))).toBe('superuser_needed');
    expect(await outcomeOf(reset(root, id))).toBe('done');
    expect(await t.isSignedIn(ada)).toBe(false);
    expect(await outcomeOf(withCode(undefined))).toBe('done');
    expect(await outcomeOf(reset(root, id))).toBe('one_time_codes_off');
    expect(
      (await t.accounts.audit.page(operator, {}, { limit: 3 })).map(row => auditSentence(row)),
    ).toContain('reset the one-time codes of ada');
  });

  test('nobody resets their own: whoever came by the session must not', async () => {
    await t.enrol('root');
    t.pass(60);
    const found = await t.accounts.users.findByName(operator, 'root');
    const session = await t.signInFrom(here, 'root').catch(error => error.code);
    expect(session).toBe('one_time_code_required');
    expect(await outcomeOf(t.accounts.secondStep.reset(operator, found.id))).toBe('done');
    const root = await signedInAs('root');
    await t.enrol('root');
    expect(await outcomeOf(t.accounts.secondStep.reset(root, found.id))).toBe('own_one_time_codes');
  });

  test('deleting a user takes them away', async () => {
    const { id } = await t.accounts.users.findByName(operator, 'ada');
    await t.accounts.users.remove(operator, id);
    expect(await t.everything()).toMatchObject({ secondSteps: [], recoveryCodes: [] });
  });

  test('a check says how many are sealed', async () => {
    const said = async () => (await t.accounts.check()).find(({ name }) => name === 'One-time codes')?.said;
    expect(await said()).toBe('1 sealed secret, and the secret key opens it');
    await t.enrol('root');
    expect(await said()).toBe('2 sealed secrets, and the secret key opens each');
  });

  test('a superuser sees that somebody has them, and since when', async () => {
    const { id } = await t.accounts.users.findByName(operator, 'ada');
    const details = await t.accounts.users.details(operator, id);
    expect(details.oneTimeCodes).toMatchObject({ recoveryCodesLeft: 10 });
    expect(details.why.join(' ')).toContain('A one-time code is asked for too, since 2026-11-26 02:18 UTC');
  });
});
