import { describe, expect, test, vi } from 'vitest';
import { Refusal } from '../../src/refusal.ts';
import { openAccounts, operator, type TestAccounts, usual } from '../support/accounts.ts';
import { openTestConsole, signInAs } from '../support/console.tsx';

type Ask<Given extends unknown[], Answer> = (...given: Given) => Promise<Answer>;

/** The same question, which the database is too busy for when the test says so, or whose answers are held back. */
const hindered = <Given extends unknown[], Answer>(ask: Ask<Given, Answer>) => {
  let isBusy = false;
  let held: Promise<void> | undefined;
  const answered = vi.fn();
  return {
    ask: async (...given: Given): Promise<Answer> => {
      if (isBusy) {
        answered();
        throw new Refusal('database_busy', { path: 'langinfra.db' });
      }
      const answer = await ask(...given);
      answered();
      await held;
      return answer;
    },
    busy: (now: boolean) => {
      isBusy = now;
      answered.mockClear();
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      answered.mockClear();
      return () => {
        held = undefined;
        resolve();
      };
    },
    /** Until so many were answered, or refused, since the test has hindered them. */
    answered: (times = 1) => vi.waitFor(() => expect(answered).toHaveBeenCalledTimes(times), 5_000),
  };
};

/** Ada's console, whose look at her own session can be hindered. */
const openAdasConsole = async () => {
  const t = await openAccounts();
  await t.add('root', { isSuperuser: true });
  const ada = await t.add('ada');
  const bob = await t.add('bob');
  const looks = hindered(t.accounts.sessions.reread);
  const followed = vi.fn(t.accounts.sessions.follow);
  const sessions = { ...t.accounts.sessions, reread: looks.ask, follow: followed };
  const ui = await openTestConsole({ accounts: { ...t.accounts, sessions } });
  await signInAs(ui, 'ada', usual);
  await ui.sees('ada · user');
  return {
    t,
    ui,
    looks,
    followed,
    ids: [ada.id, bob.id],
    change: (edit: Parameters<TestAccounts['accounts']['users']['change']>[2]) =>
      t.accounts.users.change(operator, ada.id, edit),
    [Symbol.asyncDispose]: async () => {
      await ui[Symbol.asyncDispose]();
      await t[Symbol.asyncDispose]();
    },
  };
};

describe('what a busy database did not answer is asked again by itself', () => {
  test('the list of users', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    const ada = await t.add('ada');
    const reading = hindered(t.accounts.users.around);
    const users = { ...t.accounts.users, around: reading.ask };
    await using ui = await openTestConsole({ accounts: { ...t.accounts, users } });
    await signInAs(ui, 'root', usual);
    await ui.sees(/ada +\[x\]/);
    reading.busy(true);
    await t.accounts.users.change(operator, ada.id, { isActive: false });
    await reading.answered();
    await ui.sees('Not done: ');
    reading.busy(false);
    await ui.sees(/ada [^\n]*\[ \] +\[ \]/);
  });

  test('whether the own session has ended, where nothing else asks: the screen is locked', async () => {
    await using page = await openAdasConsole();
    const { ui, looks } = page;
    ui.session.lock();
    await ui.sees('Locked');
    looks.busy(true);
    await page.change({ isActive: false });
    await looks.answered();
    looks.busy(false);
    await ui.sees('Your session has ended. Sign in again');
  });
});

describe('what changes while a console looks at its own session', () => {
  test('is shown, too', async () => {
    await using page = await openAdasConsole();
    const { ui, looks } = page;
    const release = looks.hold();
    await page.change({ profileImage: 'x' });
    await looks.answered();
    await page.change({ username: 'lovelace' });
    release();
    await ui.sees('lovelace · user');
  });

  test('ends it also where that is asked about for many, and the screen is locked', async () => {
    await using page = await openAdasConsole();
    const { t, ui, looks, followed, ids } = page;
    const question = hindered(t.store.read.sessions.usersOf);
    t.store.read.sessions.usersOf = question.ask;
    ui.session.lock();
    await ui.sees('Locked');
    const releaseLook = looks.hold();
    await page.change({ profileImage: 'x' });
    await looks.answered();
    const releaseQuestion = question.hold();
    await t.store.write(async tx => {
      await tx.batches.setFlag(ids, { isActive: false }, new Date().toISOString());
      await tx.batches.endSessions(ids);
    });
    await question.answered();
    const before = followed.mock.calls.length;
    releaseLook();
    await vi.waitFor(() => expect(followed.mock.calls.length).toBeGreaterThan(before), 5_000);
    releaseQuestion();
    await ui.sees('Your session has ended. Sign in again');
  });
});
