import { describe, expect, test } from 'vitest';
import { operator } from '../support/accounts.ts';
import { keys } from '../support/console.tsx';
import { populateMany } from '../support/populations.ts';
import { numbered, openAdminPage } from '../support/screens.ts';

const { enter, down } = keys;
const users = ['ada', 'bob', 'eve'];

describe('users are marked', () => {
  test('one by one, and unmarked the same way', async () => {
    await using page = await openAdminPage({ users });
    const { ui } = page;
    await ui.press('x', 'j', 'j', 'x');
    await ui.sees(/2 marked · 3 of 4/);
    expect(ui.lines().filter(line => line[1] === '*')).toHaveLength(2);
    await ui.press('x');
    await ui.sees('1 marked');
    expect(page.chosen()).toMatch(/^› eve/);
    await ui.press(keys.esc);
    await ui.seesNot('marked');
  });

  test('from the last one marked to the cursor, in either direction', async () => {
    await using page = await openAdminPage({ listed: numbered(3000) });
    const { ui } = page;
    await ui.press('G', 'x', 'g', 'V');
    await ui.sees('3,001 marked');
    await ui.press(keys.esc, 'V', 'j', 'j', 'V');
    await ui.sees('3 marked');
  });

  test('all that match, but for some', async () => {
    await using page = await openAdminPage({ users, listed: numbered(100) });
    const { ui } = page;
    await ui.press('/', 'user', keys.enter, '*');
    await ui.sees('100 marked');
    await ui.press('x');
    await ui.sees('all /user but 1 marked');
    await ui.press(keys.esc);
    await ui.sees(/^ +all \/user but 1 marked/m);
    await ui.press('g', 'x');
    await ui.sees('Not done: This user is none of all /user marked; esc unmarks them');
  });

  test('all that match but for some, also where one of these does not match any more', async () => {
    await using page = await openAdminPage();
    const { ui, t, find } = page;
    for (const name of ['ada', 'bob', 'eve']) await t.add(name, { isActive: false });
    await ui.sees('of 4');
    await ui.press('f');
    await ui.sees('of 3');
    await ui.press('g', '*', 'x');
    await ui.sees(/all pending but 1 marked · 1 of 3/);
    const ada = await find('ada');
    await t.accounts.users.change({ kind: 'operator', osUser: 'x' }, ada?.id ?? '', { isActive: true });
    await ui.sees(/all pending but 1 marked · 1 of 2/);
    // Who is there may be counted a moment before they are shown.
    await ui.until(() => ui.lines().filter(line => line[1] === '*').length).toBe(2);
    await ui.press('a');
    await ui.sees('Activate 2 Marked Users');
  });

  test('a range of users who cannot be marked along with the others says so', async () => {
    await using page = await openAdminPage({ users: ['ada', 'bob', 'eve'] });
    const { ui, t } = page;
    for (const name of ['dora', 'fred']) await t.add(name, { isActive: false });
    await ui.sees('of 6');
    await ui.press('f');
    await ui.sees('of 2');
    await ui.press('*', 'f', 'f', 'f', 'f');
    await ui.sees(/all pending marked · \d of 6/);
    await ui.press('g', 'V');
    await ui.sees('Not done: This user is none of all pending marked; esc unmarks them');
    await ui.press('G', 'k', 'x', 'k', 'k', 'x');
    await ui.sees('all pending but 2 marked');
    await ui.press('j', 'j', 'V');
    await ui.sees('Note: 1 of these 3 users is none of all pending marked');
    await ui.sees(' all pending marked');
  });

  test('who is deleted by others is not counted any more, and a new name is taken over', async () => {
    await using page = await openAdminPage({ users: ['zed', 'zoe', 'zora'] });
    const { ui, t, find } = page;
    await ui.press('/', 'z', enter, 'x', down, 'x', down, 'x');
    await ui.sees('3 marked');
    const [zed, zoe] = [await find('zed'), await find('zoe')];
    if (!zed || !zoe) throw new Error('they were added');
    await t.accounts.users.remove(operator, zed.id, zed);
    await ui.sees('2 marked');
    await t.accounts.users.change(operator, zoe.id, { username: 'zoey' }, zoe);
    await ui.sees('zoey');
    await ui.press('d');
    await ui.sees('zoey, zora');
  });

  test('esc takes the search first and the marks last', async () => {
    await using page = await openAdminPage({ users });
    const { ui } = page;
    await ui.press('x', 'f', 'f', '/', 'a', keys.enter);
    await ui.sees(/only active \/a +1 marked · 1 of 1/);
    for (const left of [/only active +1 marked · \d of 4/, /^ +1 marked · \d of 4/m, /^ +\d of 4/m]) {
      await ui.press(keys.esc);
      await ui.sees(left);
    }
  });
});

describe('one action for all marked users', () => {
  test('is planned, done after one yes, and undone by one u', async () => {
    await using page = await openAdminPage({ users });
    const { ui, t, find } = page;
    await t.add('new', { isActive: false });
    await ui.sees('of 5');
    await ui.press('*', 'a');
    await ui.sees('Activate 5 Marked Users');
    await ui.sees(/1 to activate +│\n.*4 already active/);
    expect(ui.inverse().at(-1)).toBe('[ Cancel ]');
    await ui.press('y');
    await ui.sees('1 user is active now · u undoes it');
    expect(await find('new')).toMatchObject({ isActive: true });
    expect(ui.screen()).not.toContain('marked');
    await ui.press('u');
    await ui.sees('Undone: 1 user is as before');
    expect(await find('new')).toMatchObject({ isActive: false });
  });

  test('what it did is said, also where a filter has nobody left afterwards', async () => {
    await using page = await openAdminPage();
    const { ui, t } = page;
    for (const name of ['ada', 'eve']) await t.add(name, { isActive: false });
    await ui.sees('of 3');
    await ui.press('f');
    await ui.sees('of 2');
    await ui.press('*', 'a', 'y');
    await ui.sees('Nobody is that');
    await ui.sees('2 users are active now · u undoes it');
    await ui.press('f');
    await ui.sees('only active');
    await ui.press('g', 'u');
    await ui.sees('Undone: 2 users are as before');
    await ui.sees('1 of 1');
    expect(ui.bytes()).not.toContain('no longer in this list');
  });

  test('the opposite where all are so already, and by the same key again', async () => {
    await using page = await openAdminPage({ users });
    const { ui, find } = page;
    await ui.press('*', 'a');
    await ui.sees('Deactivate 4 Marked Users');
    await ui.sees(/3 to deactivate +│\n.*1 refused: You can't deactivate the account/);
    await ui.press('a');
    await ui.sees('Activate 4 Marked Users');
    await ui.sees('0 to activate');
    await ui.press('y');
    await ui.sees('Not done: There is nobody to change');
    await ui.press('a', 'y');
    await ui.sees('3 users are not active any more');
    expect(await find('root')).toMatchObject({ isActive: true });
    for (const name of users) expect(await find(name)).toMatchObject({ isActive: false });
  });

  test('nothing happens without a yes', async () => {
    await using page = await openAdminPage({ users });
    const { ui, find } = page;
    for (const no of ['n', keys.esc, keys.enter]) {
      await ui.press('*', 's');
      await ui.sees('Promote 4 Marked Users');
      await ui.press(no);
      await ui.seesNot('Promote');
      await ui.sees('4 marked');
      await ui.press(keys.esc);
    }
    for (const name of users) expect(await find(name)).toMatchObject({ isSuperuser: false, version: 1 });
  });

  test('a deletion names whom, and says that it is final', async () => {
    await using page = await openAdminPage({ users });
    const { ui, find } = page;
    await ui.press('x', 'j', 'x', 'd');
    await ui.sees('Delete 2 Marked Users');
    await ui.sees('ada, bob');
    await ui.sees('A deletion cannot be undone');
    await ui.press('y');
    await ui.sees('2 users were deleted');
    expect(ui.line('were deleted')).not.toContain('undo');
    await ui.seesNot(/ada|bob/);
    expect(await find('ada')).toBeUndefined();
    expect(await find('eve')).toBeDefined();
  });

  test('what others have changed meanwhile is planned anew, which the next key typed already does not answer', async () => {
    await using page = await openAdminPage({ users });
    const { ui, t, find } = page;
    await ui.press('x', 'j', 'x', 'a');
    await ui.sees('2 to deactivate');
    const ada = await find('ada');
    await t.accounts.users.change({ kind: 'operator', osUser: 'x' }, ada?.id ?? '', { isActive: false });
    ui.burst('yy');
    await ui.sees(/1 to deactivate +│\n.*1 not active already/);
    expect(await find('bob')).toMatchObject({ isActive: true, version: 1 });
    await ui.press('y');
    await ui.sees('1 user is not active any more');
  });

  test('who was changed since is left by the undo, and named', async () => {
    await using page = await openAdminPage({ users });
    const { ui, t, find } = page;
    await ui.press('x', 'j', 'x', 's', 'y');
    await ui.sees('2 users are superusers now');
    const ada = await find('ada');
    await t.accounts.users.change({ kind: 'operator', osUser: 'x' }, ada?.id ?? '', { username: 'ada2' });
    await ui.press('u');
    await ui.sees('1 user was changed since and stays: ada');
    expect(await find('ada2')).toMatchObject({ isSuperuser: true });
    expect(await find('bob')).toMatchObject({ isSuperuser: false });
  });

  test('an undo that changes nobody says so', async () => {
    await using page = await openAdminPage({ users });
    const { ui, t, find } = page;
    await ui.press('x', 's', 'y');
    await ui.sees('1 user is a superuser now');
    const ada = await find('ada');
    await t.accounts.users.change({ kind: 'operator', osUser: 'x' }, ada?.id ?? '', { username: 'ada2' });
    await ui.press('u');
    await ui.sees('Nothing was undone');
    await ui.sees('1 user was changed since and stays: ada');
    expect(ui.bytes()).not.toContain('Undone: 0');
  });

  test('whom a rule keeps is left by the undo, and named', async () => {
    await using page = await openAdminPage({ settings: { autoLogin: true }, signedIn: 'automatic', users });
    const { ui, t, root } = page;
    await ui.press('j', 'x', 'j', 'x', 's', 'y');
    await ui.sees('2 users are superusers now');
    await t.accounts.users.change({ kind: 'operator', osUser: 'x' }, root.id, { isSuperuser: false });
    await ui.press('u');
    await ui.sees('Left as They Are');
    await ui.sees('bob stays: The last superuser stays');
    expect(ui.screen()).not.toContain('1 refused');
  });

  test('of a change of very many, those whom an undo leaves are not named', async () => {
    await using page = await openAdminPage({ listed: ['eric', 'erin'] });
    const { ui, t, find } = page;
    await populateMany(t, 'user', 10_000, { isActive: true });
    await ui.sees('of 10,003');
    await ui.press('*', 's', 'y');
    await ui.sees('10,002 users are superusers now');
    const eric = await find('eric');
    await t.accounts.users.change({ kind: 'operator', osUser: 'x' }, eric?.id ?? '', { username: 'eric2' });
    await ui.press('u');
    await ui.sees('1 user was changed since and stays; so many were');
  });

  test('an undo that was taken back can be done again', async () => {
    await using page = await openAdminPage({ users });
    const { ui, t, find } = page;
    await ui.press('x', 'j', 'x', 'a', 'y');
    await ui.sees('2 users are not active any more · u undoes it');
    const other = Promise.withResolvers<void>();
    const holding = t.store.write(() => other.promise);
    await ui.press('u');
    await ui.sees('0 of 2');
    await ui.press(keys.esc);
    other.resolve();
    await holding;
    await ui.sees('Everything was taken back');
    await ui.press('u');
    await ui.sees('Undone: 2 users are as before');
    expect(await find('ada')).toMatchObject({ isActive: true });
  });

  test('shows how far it is, and esc takes everything back', async () => {
    await using page = await openAdminPage({ users });
    const { ui, t, find } = page;
    const other = Promise.withResolvers<void>();
    const holding = t.store.write(() => other.promise);
    await ui.press('x', 'j', 'x', 'a', 'y');
    await ui.sees('2 users to deactivate');
    await ui.sees('0 of 2');
    await ui.press('j', keys.esc);
    await ui.sees('Taking everything back...');
    other.resolve();
    await holding;
    await ui.sees('Note: Everything was taken back');
    await ui.sees('2 marked');
    expect(await find('ada')).toMatchObject({ isActive: true, version: 1 });
    expect(page.chosen()).toMatch(/bob/);
  });

  test('what is typed right behind the yes is for what comes after it', async () => {
    await using page = await openAdminPage({ users });
    const { ui, find } = page;
    await ui.press('g', 's');
    await ui.sees('ada is a superuser now');
    await ui.press('j', 'x', 'j', 'x');
    await ui.sees('2 marked');
    ui.burst('ayu');
    await ui.sees('Undone: 2 users are as before');
    for (const name of ['bob', 'eve']) expect(await find(name)).toMatchObject({ isActive: true, version: 3 });
    expect(await find('ada')).toMatchObject({ isSuperuser: true });
    await ui.press('x', 'k', 'x');
    await ui.sees('2 marked');
    ui.burst('aya');
    await ui.sees('bob is active now');
    expect(await find('bob')).toMatchObject({ isActive: true });
    expect(await find('eve')).toMatchObject({ isActive: false });
  });

  test('also esc, which takes nothing back before there is something to see', async () => {
    await using page = await openAdminPage({ users });
    const { ui, find } = page;
    await ui.press('f', 'f', 'x');
    await ui.sees(/only active +1 marked/);
    ui.burst('ay', keys.esc);
    await ui.sees('1 user is not active any more');
    await ui.seesNot('only active');
    expect(ui.bytes()).not.toContain('taken back');
    expect(await find('ada')).toMatchObject({ isActive: false });
  });
});
