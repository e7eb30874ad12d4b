import { expect, test, vi } from 'vitest';
import { openAccounts, type TestAccounts } from '../support/accounts.ts';

/** Two users, and a change that takes something from both, so that it does not say from whom. */
const opened = async () => {
  const t = await openAccounts();
  await t.add('root', { isSuperuser: true });
  const ids = [(await t.add('ada')).id, (await t.add('bob')).id];
  return {
    t,
    deactivate: () =>
      t.store.write(async tx => {
        await tx.batches.setFlag(ids, { isActive: false }, new Date().toISOString());
        await tx.batches.endSessions(ids);
      }),
    [Symbol.asyncDispose]: () => t[Symbol.asyncDispose](),
  };
};

/** Holds back the answer to the next question whose sessions are as they were, until it is let go or refused. */
const holdAnswer = ({ store }: TestAccounts) => {
  const { sessions } = store.read;
  const ask = sessions.usersOf;
  const held = Promise.withResolvers<void>();
  let isAsked = false;
  sessions.usersOf = async (...about) => {
    const answer = await ask(...about);
    isAsked = true;
    await held.promise;
    return answer;
  };
  return {
    asked: () => vi.waitFor(() => expect(isAsked).toBe(true), 5_000),
    release: held.resolve,
    refuse: held.reject,
  };
};

test('who follows a session in the place of another while it is asked about is told', async () => {
  await using page = await opened();
  const { t } = page;
  const ada = await t.signIn('ada');
  const root = await t.signIn('root');
  const [before, after, others] = [vi.fn(), vi.fn(), vi.fn()];
  t.accounts.sessions.follow(root, others);
  const stop = t.accounts.sessions.follow(ada, before);
  const answer = holdAnswer(t);
  await page.deactivate();
  await answer.asked();
  t.accounts.sessions.follow(ada, after);
  stop();
  answer.release();
  await vi.waitFor(() => expect(after).toHaveBeenCalledTimes(1), 5_000);
  expect(before).not.toHaveBeenCalled();
  expect(others).not.toHaveBeenCalled();
});

test('where the question is refused, each that was asked about looks, and nobody else', async () => {
  await using page = await opened();
  const { t } = page;
  const root = await t.signIn('root');
  const [asked, late] = [vi.fn(), vi.fn()];
  t.accounts.sessions.follow(root, asked);
  const answer = holdAnswer(t);
  await page.deactivate();
  await answer.asked();
  t.accounts.sessions.follow(await t.signIn('root'), late);
  answer.refuse(new Error('busy'));
  await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(1), 5_000);
  expect(late).not.toHaveBeenCalled();
});
