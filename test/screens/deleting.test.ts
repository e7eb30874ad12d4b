import { describe, expect, test } from 'vitest';
import { openAccounts, operator, usual } from '../support/accounts.ts';
import { keys, openTestConsole, signInAs } from '../support/console.tsx';
import { openAdminPage } from '../support/screens.ts';

const { enter, esc, tab, left, right } = keys;

describe('d asks before it deletes', () => {
  const asked = async () => {
    const page = await openAdminPage({ users: ['ada', 'bob'] });
    await page.ui.press('d');
    await page.ui.sees('Delete User');
    return page;
  };

  test('names the user, says that it cannot be undone, and starts on Cancel', async () => {
    await using page = await asked();
    const { ui } = page;
    await ui.sees(/│ ada +│/);
    await ui.sees('A deletion cannot be undone.');
    expect(ui.inverse()).toContain('[ Cancel ]');
    expect(ui.inverse()).not.toContain('[ Delete ]');
  });

  test('every way to say no leaves everything as it is', async () => {
    await using page = await asked();
    const { ui, t } = page;
    const before = await t.everything();
    for (const no of [enter, ' ', 'n', esc, `${tab}${tab}${enter}`, `${right}${left}${enter}`]) {
      await ui.press(...(no === esc ? [esc] : no));
      await ui.seesNot('Delete User');
      await ui.press('d');
      await ui.sees('Delete User');
    }
    expect(await t.everything()).toEqual(before);
  });

  test('every way to say yes deletes, and nothing brings it back', async () => {
    await using page = await openAdminPage({ listed: ['ada', 'bob', 'carol', 'dan'] });
    const { ui, find } = page;
    const ways = { ada: 'y', bob: `${right}${enter}`, carol: `${left}${enter}`, dan: `${tab} ` };
    for (const [name, yes] of Object.entries(ways)) {
      ui.burst('d');
      await ui.sees('Delete User');
      ui.burst(yes);
      await ui.sees(` ${name} was deleted`);
      await ui.seesNot(`› ${name}`);
      expect(await find(name)).toBeUndefined();
      ui.burst('u');
      await ui.sees('Not done: There is nothing to undo');
    }
    await ui.sees(' 1 of 1');
  });

  test('what goes with the user: folders and sessions', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, t } = page;
    const { actor } = await t.signIn('ada');
    ui.burst('dy');
    await ui.sees('ada was deleted');
    expect(await t.isSignedIn(actor)).toBe(false);
    expect(
      await t.rows('select name from folder where user_id = ?', actor.kind === 'session' ? actor.userId : ''),
    ).toEqual([]);
  });

  test('not a user whom somebody has changed while it was asked', async () => {
    await using page = await asked();
    const { ui, find, t } = page;
    const { id } = (await find('ada')) ?? { id: '' };
    await (await t.another()).accounts.users.change(operator, id, { isSuperuser: true });
    await ui.sees(/^› ada +\[x\] +\[x\]/m);
    await ui.press('y');
    await ui.sees('Not done: ada was changed meanwhile: Superuser was no and is yes');
    expect(await find('ada')).toBeDefined();
  });

  test('and says that it did, also where the list shows it before the store has answered', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    await t.add('dan');
    const { promise: shown, resolve: isShown } = Promise.withResolvers<void>();
    const { users } = t.accounts;
    const slow: typeof users.remove = async (...asked) => {
      const gone = await users.remove(...asked);
      await shown;
      return gone;
    };
    await using ui = await openTestConsole({
      accounts: { ...t.accounts, users: { ...users, remove: slow } },
    });
    await signInAs(ui, 'root', usual);
    await ui.sees('› dan');
    ui.burst('dy');
    await ui.sees('› root');
    isShown();
    await ui.sees('dan was deleted');
    expect(ui.bytes()).not.toContain('no longer in this list');
  });

  test('a user whom somebody else deletes first is not there, and that is said', async () => {
    await using page = await asked();
    const { ui, find, t } = page;
    const { id } = (await find('ada')) ?? { id: '' };
    await t.accounts.users.remove(operator, id);
    await ui.press('y');
    await ui.sees(/Not done: User not found|Note: ada is no longer in this list/);
    await ui.sees(/› bob /);
  });

  test('the Del key asks too, and the neighbour above has the cursor where the last one goes', async () => {
    await using page = await openAdminPage({ users: ['ada', 'zoe'] });
    const { ui } = page;
    await ui.press('G', keys.delete);
    await ui.sees(/│ zoe +│/);
    await ui.press('y');
    await ui.sees(/› root /);
    await ui.sees(' 2 of 2');
  });
});

describe('enter shows everything about a user', () => {
  const opened = async () => {
    const page = await openAdminPage({ users: ['ada', 'bob'], at: '2026-03-01T10:00:00Z' });
    await page.ui.press(enter);
    await page.ui.sees('Version');
    return page;
  };

  test('the id, the times, and why it can sign in', async () => {
    await using page = await opened();
    const { ui, find } = page;
    const { id = '' } = (await find('ada')) ?? {};
    await ui.sees(new RegExp(`Id +${id.slice(0, 8)}-`));
    await ui.sees(/Created +2026-03-01 10:00 UTC/);
    await ui.sees(/Last login +never/);
    await ui.sees(/ada can sign in with the right password: the account is[\s│]+active\./);
  });

  test('and its keys go on from there', async () => {
    await using page = await opened();
    const { ui } = page;
    for (const [key, title] of [
      ['e', 'Edit User'],
      ['p', 'Reset Password'],
      ['d', 'Delete User'],
      [keys.delete, 'Delete User'],
    ] as const) {
      await ui.press(key);
      await ui.sees(title);
      await ui.sees('ada');
      await ui.press(esc);
      await ui.seesNot(title);
      await ui.sees('Version');
    }
  });

  test('an edit comes back to them, and they show it', async () => {
    await using page = await opened();
    const { ui } = page;
    ui.burst('e', keys.tab, ' ', keys.ctrl('s'));
    await ui.sees('ada was changed · u undoes it');
    await ui.sees(/Active +no/);
    await ui.press('u');
    await ui.sees(/Active +yes/);
  });

  test('they close when somebody else deletes the user, and it is said', async () => {
    await using page = await opened();
    const { ui, find, t } = page;
    const { id } = (await find('ada')) ?? { id: '' };
    await (await t.another()).accounts.users.remove(operator, id);
    await ui.sees('Note: ada is no longer in this list');
    await ui.seesNot('Version');
    await ui.sees('› bob');
  });

  test('they close when the user is deleted from them', async () => {
    await using page = await opened();
    const { ui } = page;
    await ui.press('d', 'y');
    await ui.sees('ada was deleted');
    await ui.seesNot('Version');
    await ui.sees('› bob');
  });

  test('q, esc and enter go back, and do not quit', async () => {
    await using page = await opened();
    const { ui } = page;
    for (const key of ['q', esc, enter]) {
      await ui.press(key);
      await ui.seesNot('Version');
      await ui.press(enter);
      await ui.sees('Version');
    }
    expect(ui.outcome()).toBeUndefined();
  });

  test('as it is now: what somebody else changes shows', async () => {
    await using page = await opened();
    const { ui, find, t } = page;
    const { id } = (await find('ada')) ?? { id: '' };
    await (await t.another()).accounts.users.change(operator, id, { isActive: false });
    await ui.sees(/Active +no/);
    await ui.sees(/Version +2/);
    await ui.sees('ada cannot sign in: the account waits for approval');
  });

  test('y copies there too', async () => {
    await using page = await opened();
    const { ui } = page;
    await ui.press('y');
    await ui.until(ui.bytes).toContain(`\x1b]52;c;${btoa('ada')}\x07`);
    await ui.sees('Version');
  });
});
