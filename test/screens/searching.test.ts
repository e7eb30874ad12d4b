import { describe, expect, test } from 'vitest';
import { openAccounts, usual } from '../support/accounts.ts';
import { keys, openTestConsole, signInAs } from '../support/console.tsx';
import { numbered, openAdminPage } from '../support/screens.ts';
import { elsewhere } from './elsewhere.ts';

describe('/ searches usernames', () => {
  test('while it is typed, in any part of the name and any case', async () => {
    await using page = await openAdminPage({ users: ['ada', 'Bob', 'carol', 'jacob'] });
    const { ui, names } = page;
    await ui.press('/');
    await ui.sees(/^ \/ +1 of 5$/m);
    await ui.sees('enter keep');
    await ui.press('o', 'B');
    await ui.sees(/^ \/oB +\d of 2$/m);
    expect(names()).toEqual(['Bob', 'jacob']);
    await ui.press(keys.backspace, keys.backspace);
    await ui.sees(/^ \/ +\d of 5$/m);
  });

  test('enter keeps it, esc clears it, and the cursor stays on its user', async () => {
    await using page = await openAdminPage({ users: ['ada', 'bob', 'carol'] });
    const { ui, names } = page;
    await ui.press(...'/car', keys.enter);
    await ui.sees(/› carol/);
    await ui.sees(/^ \/car +1 of 1$/m);
    await ui.sees('a active');
    await ui.press(keys.esc);
    await ui.sees(' 3 of 4');
    await ui.sees('› carol');
    expect(names()).toEqual(['ada', 'bob', 'carol', 'root']);
    await ui.seesNot('/car');
  });

  test('esc clears it while it is typed too', async () => {
    await using page = await openAdminPage({ users: ['ada', 'bob'] });
    const { ui } = page;
    await ui.press(...'/bo');
    await ui.sees(/^ \/bo +1 of 1$/m);
    await ui.press(keys.esc);
    await ui.sees(' 2 of 3');
    await ui.seesNot('/bo');
    await ui.sees('a active');
  });

  test('letters that are keys elsewhere are only letters while it is typed', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, find } = page;
    await ui.press('/', ...'qasdnu m?:oO ');
    await ui.sees('/qasdnu m?:oO');
    await ui.sees('No username has that in it. esc clears the search.');
    expect(await find('ada')).toMatchObject({ version: 1 });
    expect(ui.outcome()).toBeUndefined();
  });

  test('the arrows move the cursor among what is found', async () => {
    await using page = await openAdminPage({ listed: numbered(299) });
    const { ui } = page;
    await ui.press(...'/user01');
    await ui.sees(' 1 of 10');
    await ui.press(keys.down, keys.down);
    await ui.sees('› user012');
    await ui.press(keys.up, keys.enter);
    await ui.sees('› user011');
    await ui.sees(/^ \/user01 +2 of 10$/m);
  });

  test('typing never waits for the store', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    await t.add('bob');
    const answer = Promise.withResolvers<void>();
    const slow: typeof t.accounts.users.page = async (...asked) => {
      if (asked[1].search) await answer.promise;
      return t.accounts.users.page(...asked);
    };
    await using ui = await openTestConsole({
      accounts: { ...t.accounts, users: { ...t.accounts.users, page: slow } },
    });
    await signInAs(ui, 'root', usual);
    await ui.sees('› bob');
    await ui.press(...'/roo');
    await ui.sees('/roo');
    await ui.sees('› bob');
    answer.resolve();
    await ui.sees('› root');
  });

  test('pasted text is searched for, up to its first line break', async () => {
    await using page = await openAdminPage({ users: ['ada', 'bob'] });
    const { ui } = page;
    await ui.press('/');
    ui.burst(keys.paste('bob\rada'));
    await ui.sees(/^ \/bob +1 of 1$/m);
  });

  test('the caret shows where the next letter goes', async () => {
    await using page = await openAdminPage({ users: ['ada', 'bob'] });
    const { ui } = page;
    await ui.press(...'/bb');
    await ui.press(keys.left, 'o');
    await ui.sees('/bob');
    await ui.until(() => ui.inverse()[0]).toBe('b');
    await ui.press(keys.end);
    await ui.until(() => ui.inverse()[0]).toBe(' ');
  });

  test('where it finds nobody, keys that need a user say so', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui } = page;
    await ui.press(...'/zzz', keys.enter);
    await ui.sees('No username has that in it');
    await ui.sees('0 of 0');
    for (const key of ['a', 's', ' ', 'e', 'p', 'd', keys.enter, 'w', 'y', 'x', 'V']) {
      await ui.press('r', key);
      await ui.sees('Not done: There is no user here');
      await ui.press('u');
      await ui.sees('There is nothing to undo');
    }
  });
});

describe('o sorts by the next column, O reverses', () => {
  /** root, then bob and ada, each a minute later; bob was changed and ada signed in after that. */
  const withTimes = async () => {
    const page = await openAdminPage({ columns: 140, rows: 24, at: '2026-03-01T10:00:00Z' });
    const { t } = page;
    t.pass(60);
    const bob = await t.add('bob');
    t.pass(60);
    await t.add('ada');
    t.pass(60);
    await t.accounts.users.change({ kind: 'operator', osUser: 'tester' }, bob.id, { isActive: false });
    t.pass(60);
    await t.signIn('ada');
    // Who is there may be counted a moment before they are shown.
    await page.ui.until(page.names).toEqual(['ada', 'bob', 'root']);
    await page.ui.press('g');
    return page;
  };
  const columns: [string, string, string[]][] = [
    ['Created', '', ['root', 'bob', 'ada']],
    ['Updated', '', ['root', 'ada', 'bob']],
    ['Last login', '', ['bob', 'root', 'ada']],
    ['Active', '', ['bob', 'ada', 'root']],
    ['Superuser', '', ['ada', 'bob', 'root']],
    ['Username', '', ['ada', 'bob', 'root']],
  ];

  test('column by column and around, with an arrow in the head of the one', async () => {
    await using page = await withTimes();
    const { ui, names } = page;
    for (const [title, , order] of columns) {
      await ui.press('o');
      await ui.sees(new RegExp(`${title} ?↑`));
      await ui.until(names).toEqual(order);
      expect(ui.screen().match(/[↑↓]/g)).toEqual(['↑']);
      await ui.press('O');
      await ui.sees(new RegExp(`${title} ?↓`));
      await ui.until(names).toEqual(order.toReversed());
      await ui.press('O');
      await ui.until(names).toEqual(order);
    }
  });

  test('the cursor stays on its user, wherever that stands', async () => {
    await using page = await withTimes();
    const { ui } = page;
    await ui.press('j');
    await ui.sees('› bob');
    await ui.press('o', 'o');
    await ui.sees('Updated↑');
    await ui.sees(' 3 of 3');
    await ui.press('O');
    await ui.sees('› bob');
    await ui.sees(' 1 of 3');
  });

  test('also the search stays', async () => {
    await using page = await withTimes();
    const { ui, names } = page;
    await ui.press(...'/a', keys.enter, 'O');
    await ui.sees('Username↓');
    await ui.sees(/^ \/a +1 of 1$/m);
    expect(names()).toEqual(['ada']);
  });

  test('on a terminal of 80 columns the arrow has its place too', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    await ui.press(...'oooo');
    await ui.sees(/^ {2}Username {35}Active↑ Superuser {2}Created$/m);
    await ui.press('o');
    await ui.sees(/^ {2}Username {35}Active {2}Superuser↑ Created$/m);
  });

  test('a column that has no room is named with the position', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    await ui.press(...'ooo');
    await ui.sees('by Last login ↑ · 1 of 1');
    await ui.press('O');
    await ui.sees('by Last login ↓ · 1 of 1');
    ui.resize({ columns: 120, rows: 24 });
    await ui.sees('Last login↓');
    await ui.seesNot('by Last');
  });

  test('after a user is gone whose place the new order does not know', async () => {
    await using page = await openAdminPage({ users: ['ada', 'bob'] });
    const { ui, t, find } = page;
    await ui.press(...'ooo');
    await ui.press('g');
    const name = /› (\w+)/.exec(ui.screen().split('\n').slice(3).join('\n'))?.[1] ?? '';
    const gone = name === 'root' ? 'bob' : name;
    const { id } = (await find(gone)) ?? { id: '' };
    const other = await t.another();
    await other.accounts.users.remove({ kind: 'operator', osUser: 'tester' }, id);
    await ui.press('o');
    await ui.sees('Active↑');
    await ui.sees(' of 2');
    await ui.seesNot(`${gone} `);
    expect(ui.outcome()).toBeUndefined();
  });

  test('after a search has found nobody, with whom its end cannot bring back', async () => {
    await using page = await openAdminPage({ users: ['ada', 'bob'] });
    const { ui } = page;
    const other = await elsewhere(page);
    await ui.press('j', ...'/zzz', keys.enter);
    await ui.sees('No username has that in it');
    await other.remove('bob');
    await ui.press(...'oooo', keys.esc);
    await ui.sees('Active↑');
    await ui.sees(/› ada[\s\S]* {2}root/);
    await ui.sees(' 1 of 2');
    await ui.press(...'/zzz', keys.enter);
    await ui.sees('No username has that in it');
    await ui.press(...'ffffo', keys.esc);
    await ui.sees('only superusers');
    await ui.sees('› root');
    expect(ui.outcome()).toBeUndefined();
  });
});
