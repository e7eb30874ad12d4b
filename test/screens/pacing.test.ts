import { describe, expect, test, vi } from 'vitest';
import type { SignedIn } from '../../src/accounts/sessions.ts';
import { openAccounts, operator, type TestAccounts, usual } from '../support/accounts.ts';
import { keys, openTestConsole, signInAs } from '../support/console.tsx';
import { openRemote } from '../support/remote.ts';
import { addMany, numbered } from '../support/screens.ts';

/** Waits until nothing is read any more. What is counted later than the list is read is read by then, too. */
const quiet = async (t: Pick<TestAccounts, 'readings' | 'store'>): Promise<number> => {
  for (;;) {
    const before = t.readings();
    // A count begins a moment after the list; the look at other processes comes every 250 ms.
    for (let looks = 0; looks < 2; looks += 1) {
      const asked = performance.now();
      await vi.waitFor(() => expect(t.store.knownUntil()).toBeGreaterThan(asked), 10_000);
    }
    if (t.readings() === before) return before;
  }
};

const readBy = async (t: TestAccounts, work: () => Promise<unknown>): Promise<number> => {
  const before = await quiet(t);
  await work();
  return (await quiet(t)) - before;
};

const consoles = 5;

/** Consoles of superusers on their Admin Pages, from which zoe is out of sight, and ada is not. */
const openConsoles = async () => {
  const t = await openAccounts();
  await t.add('aroot', { isSuperuser: true });
  const ada = await t.add('ada');
  const zoe = await t.add('zoe');
  await addMany(t, numbered(400));
  const opened: { signedIn: SignedIn; ui: Awaited<ReturnType<typeof openRemote>> }[] = [];
  for (let at = 0; at < consoles; at += 1) {
    const signedIn = await t.signIn('aroot', usual, 'ssh');
    opened.push({ signedIn, ui: await openRemote(t, { signedIn }) });
  }
  return {
    t,
    ada,
    zoe,
    opened,
    allSee: (text: string | RegExp) => Promise.all(opened.map(({ ui }) => ui.sees(text))),
    [Symbol.asyncDispose]: async () => {
      for (const { ui } of opened) await ui[Symbol.asyncDispose]();
      await t[Symbol.asyncDispose]();
    },
  };
};

describe('what a change costs where many consoles are open', () => {
  test('a sign-in out of sight: nothing that there are consoles', async () => {
    await using page = await openConsoles();
    const { t } = page;
    await page.allSee('aroot');
    const alone = 10;
    expect(await readBy(t, () => t.signIn('zoe'))).toBeLessThan(alone);
  });

  test('one in sight neither, and yet it is shown', async () => {
    await using page = await openConsoles();
    const { t } = page;
    await using ui = await openTestConsole(t, { columns: 120 });
    await signInAs(ui, 'aroot', usual);
    await ui.sees(/ada .* never/);
    const alone = 10;
    expect(await readBy(t, () => t.signIn('ada'))).toBeLessThan(alone);
    await ui.sees(/ada (.*\d{4}-\d\d-\d\d){3}/);
  });

  test('when sessions were used, and somebody’s sign-out: nothing', async () => {
    await using page = await openConsoles();
    const { t, opened } = page;
    const [{ signedIn }] = opened as [(typeof opened)[number]];
    const seen = new Map([[signedIn.session.id, '2099-01-01T00:00:00.000000Z']]);
    expect(await readBy(t, () => t.store.write(tx => tx.sessionLists.setSeen(seen)))).toBe(0);
    const { session } = await t.signIn('zoe');
    expect(await readBy(t, () => t.accounts.sessions.end(session.id))).toBe(0);
  });

  test('fifty changes at once: two readings of each list, and the last one is shown', async () => {
    await using page = await openConsoles();
    const { t, ada } = page;
    const one = await readBy(t, () => t.accounts.users.change(operator, ada.id, { isActive: false }));
    await page.allSee(/ada [^\n]*\[ \] +\[ \]/);
    const fifty = await readBy(t, () =>
      Promise.all(
        Array.from({ length: 50 }, (_, at) =>
          t.accounts.users.change(operator, ada.id, { isActive: at % 2 === 0, isSuperuser: at === 49 }),
        ),
      ),
    );
    await page.allSee(/ada [^\n]*\[ \] +\[x\]/);
    // They take longer than a tenth of a second on a slow machine: a few readings more, and far from fifty.
    expect(fifty).toBeLessThan(one * 25);
  });

  test('another process that changes something: one question for all sessions', async () => {
    await using page = await openConsoles();
    const { t, opened } = page;
    for (const { ui } of opened) {
      await ui.session.type('m');
      await ui.sees('Sign out');
      await ui.session.type('\r');
      await ui.sees('Langinfra › Profile');
    }
    const other = await t.another();
    const cost = await readBy(t, () => other.signIn('zoe'));
    // The rest is what each Profile shows, and whether anybody was recovered.
    expect(cost).toBe(1 + 6 * consoles);
  });
});

describe('a list that nobody sees', () => {
  test.each([
    ['under the Profile', async (ui: Ui) => ui.press('m', keys.enter), 'Profile', [keys.esc]],
    ['behind the lock screen', async (ui: Ui) => ui.session.lock(), 'Locked', [usual, keys.enter]],
  ] as const)(
    '%s is not read, and is as the store has it when it comes back',
    async (_where, hide, title, back) => {
      await using t = await openAccounts();
      await t.add('root', { isSuperuser: true });
      const ada = await t.add('ada');
      await using ui = await openTestConsole(t, { columns: 120 });
      await signInAs(ui, 'root', usual);
      await ui.sees(/ada +\[x\]/);
      await hide(ui);
      await ui.sees(title);
      const change = () => t.accounts.users.change(operator, ada.id, { isActive: false });
      const readToChange = 12;
      expect(await readBy(t, change)).toBeLessThan(readToChange);
      await ui.press(...back);
      await ui.sees(/ada[^\n]*\[ \] +\[ \]/);
    },
  );
});

type Ui = Awaited<ReturnType<typeof openTestConsole>>;
