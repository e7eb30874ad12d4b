import { describe, expect, test } from 'vitest';
import { openAccounts, operator, usual } from '../support/accounts.ts';
import { keys, openTestConsole } from '../support/console.tsx';
import { type AdminConsole, numbered, openAdminPage } from '../support/screens.ts';

const { enter, tab, esc, pageDown, paste, ctrl } = keys;

/** Who is different from a user that nobody has touched. */
const touched = ({ t }: Pick<AdminConsole, 't'>) =>
  t.rows<{ username: string; version: number }>(
    "select username, version from user where version > 1 or not is_active or (is_superuser and username <> 'root')",
  );

describe('keys that arrive in one read do what they would do one by one', () => {
  test('a whole sign-in', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    await using ui = await openTestConsole(t);
    ui.burst('root', enter, usual, enter);
    await ui.sees('Admin Page');
  });

  test('a sign-in that is wrong and then right', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    await using ui = await openTestConsole(t);
    ui.burst('root', tab, 'wrong horse', enter);
    await ui.sees('Incorrect username or password');
    ui.burst(usual, enter);
    await ui.sees('Admin Page');
  });

  test('jj and a space: the third user', async () => {
    await using page = await openAdminPage({ listed: numbered(5) });
    const { ui } = page;
    ui.burst('jj ');
    await ui.sees(/› user002[\w ]* \[ \]/);
    expect(await touched(page)).toEqual([{ username: 'user002', version: 2 }]);
  });

  test('jj, a space and a: the third user, there and back', async () => {
    await using page = await openAdminPage({ listed: numbered(5) });
    const { ui } = page;
    ui.burst('jj a');
    await ui.sees('user002 is active now');
    expect(await touched(page)).toEqual([{ username: 'user002', version: 3 }]);
  });

  test('Ga: the last of 1,000 users', async () => {
    await using page = await openAdminPage({ listed: numbered(999) });
    const { ui } = page;
    ui.burst('Ga');
    await ui.sees('user999 is not active any more');
    expect(await touched(page)).toEqual([{ username: 'user999', version: 2 }]);
  });

  test('aa: there and back', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, find } = page;
    ui.burst('aa');
    await ui.sees('ada is active now');
    expect(await find('ada')).toMatchObject({ isActive: true, version: 3 });
  });

  test('au: there and back, even where an older message still offers to undo something else', async () => {
    await using page = await openAdminPage({ users: ['ada', 'bob'] });
    const { ui, find } = page;
    await ui.press('a');
    await ui.sees('ada is not active any more · u undoes it');
    ui.burst('jau');
    await ui.sees('Undone: bob is as before');
    expect(await find('ada')).toMatchObject({ isActive: false, version: 2 });
    expect(await find('bob')).toMatchObject({ isActive: true, version: 3 });
  });

  test('ae: the form has what the toggle before it made', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, find } = page;
    ui.burst('ae', ' lovelace', ctrl('s'));
    await ui.sees(/› ada lovelace[\w ]* \[ \]/);
    expect(await find('ada lovelace')).toMatchObject({ isActive: false });
  });

  test('dy: the user under the cursor, and nobody else', async () => {
    await using page = await openAdminPage({ listed: numbered(5) });
    const { ui, t } = page;
    ui.burst('jdy');
    await ui.sees('user001 was deleted');
    await ui.sees(/› user002/);
    expect(await t.rows('select username from user order by username')).toHaveLength(5);
  });

  test('dydy: two users, and the third is toggled', async () => {
    await using page = await openAdminPage({ listed: numbered(5) });
    const { ui, names } = page;
    ui.burst('jdydya');
    await ui.sees('user003 is not active any more');
    expect(names()).toEqual(['root', 'user003', 'user004', 'user005']);
    expect(await touched(page)).toEqual([{ username: 'user003', version: 2 }]);
  });

  test('keys and pasted text keep their order', async () => {
    await using page = await openAdminPage({ users: ['ada', 'bob', 'carol'] });
    const { ui } = page;
    ui.burst('or/', paste('bob'), enter, 'a');
    await ui.sees('bob is not active any more');
    expect(await touched(page)).toEqual([{ username: 'bob', version: 2 }]);
  });

  test('a whole new user, and then its flags', async () => {
    await using page = await openAdminPage({ listed: numbered(60) });
    const { ui, find } = page;
    ui.burst('n', 'user030b', tab, usual, tab, usual, tab, ' ', ctrl('s'));
    await ui.sees('› user030b');
    await ui.seesNot('New User');
    ui.burst('sj');
    await ui.sees(/^ {2}user030b +\[x\] +\[x\]/m);
    expect(await find('user030b')).toMatchObject({ isActive: true, isSuperuser: true });
  });

  test('over and over: a page down, a search, a toggle', async () => {
    await using page = await openAdminPage({ listed: numbered(300) });
    const { ui } = page;
    ui.burst(pageDown, pageDown, '/user2', enter, 'ja');
    await ui.sees('is not active any more');
    // Two pages down is user038; the first match from there is user200, and below it stands user201.
    expect(await touched(page)).toEqual([{ username: 'user201', version: 2 }]);
  });
});

test('/bob, enter, a: bob and nobody else, among 1,000 users, from wherever the cursor stands', async () => {
  const others = numbered(999).map((name, at) => (at % 2 ? `a${name}` : `z${name}`));
  await using page = await openAdminPage({ listed: [...others, 'bob'] });
  const { ui, find } = page;
  const ways = ['', 'G', 'g', 'jjj', pageDown.repeat(7), 'Gkkk', 'O', 'o', 'ooG', `g${pageDown.repeat(30)}`];
  for (const [round, way] of [...ways, ...ways].entries()) {
    ui.burst(way, '/bob', enter, 'a');
    await ui.sees(`bob is ${round % 2 ? 'active now' : 'not active any more'}`);
    ui.burst(esc);
    await ui.seesNot('/bob');
    expect(await find('bob')).toMatchObject({ version: round + 2 });
  }
  const [bob, ...more] = await touched(page);
  expect([bob, ...more]).toEqual([{ username: 'bob', version: 2 * ways.length + 1 }]);
});

test('keys that went further than was read reach their user while another process writes', async () => {
  await using page = await openAdminPage({ listed: numbered(900) });
  const { ui, t } = page;
  const other = await t.another();
  const { user } = (await t.store.read.users.findByName('root')) ?? {};
  for (let round = 1; round <= 5; round += 1) {
    const writing = other.accounts.users.change(operator, user?.id ?? '', { profileImage: `${round}.svg` });
    // The console is told at once, as if its poll had just come round.
    ui.burst('gr', 'j'.repeat(800 - round));
    await ui.sees(`› user${800 - round} `);
    await writing;
  }
});
