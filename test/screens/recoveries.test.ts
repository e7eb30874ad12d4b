import { describe, expect, test } from 'vitest';
import { openAccounts, operator, type TestProcess, usual } from '../support/accounts.ts';
import { keys, openTestConsole, signInAs } from '../support/console.tsx';
import { openListener } from '../support/listener.ts';
import { numbered, openAdminPage } from '../support/screens.ts';
import { openFrames } from './frames.tsx';

const { enter, esc, down } = keys;
const at = '2026-11-26T05:02:00Z';

/** Recovers somebody as the command does. */
const recover = async ({ accounts: { recovery } }: Pick<TestProcess, 'accounts'>, username: string) =>
  recovery.recover(operator, await recovery.find(operator, username));

test('whoever signs in with the code sees the form for a new password, and the banner after it', async () => {
  await using t = await openAccounts();
  await t.add('root', { isSuperuser: true });
  const { code } = await recover(t, 'root');
  await using ui = await openTestConsole(t);
  await signInAs(ui, 'root', code);
  await ui.sees('You have to choose a new password before you can go on.');
  expect(ui.screen()).not.toMatch(/Current Password|was recovered/);
  ui.burst('a new horse of mine', enter, 'a new horse of mine', enter, enter);
  await ui.sees('Admin Page');
  await ui.sees('root was recovered by tester');
  await ui.press('R');
  await ui.sees('Acknowledged: root was recovered by tester');
  expect(ui.bytes()).not.toContain(code);
});

test('the form asks for the password of since, where that has to be changed again', async () => {
  await using t = await openAccounts();
  const { id } = await t.add('root', { isSuperuser: true });
  const { code } = await recover(t, 'root');
  await using ui = await openTestConsole(t);
  await signInAs(ui, 'root', code);
  await ui.sees('You have to choose a new password before you can go on.');
  ui.burst('a new horse of mine', enter, 'a new horse of mine', enter, enter);
  await ui.sees('1 of 1');
  t.pass(301);
  await t.accounts.users.change(operator, id, { mustChangePassword: true });
  await ui.sees('Current Password');
  ui.burst('a new horse of mine', enter, 'another horse', enter, 'another horse', enter, enter);
  await ui.sees('Your password was changed');
});

describe('the banner', () => {
  test('tells every superuser of a recovery from the first frame on', async () => {
    await using ui = await openFrames({
      at,
      before: async t => {
        await t.add('root', { isSuperuser: true });
        await t.add('ada');
        await recover(t, 'ada');
      },
    });
    ui.type('root', enter, usual, enter);
    expect(await ui.frame('1 of 2')).toMatchInlineSnapshot(`
      " Langinfra › Admin Page                         root · superuser · times in UTC
       ada was recovered by tester, 2026-11-26 05:02. R acknowledges
                                                                               1 of 2
        Username↑                                  Active  Superuser  Created
      › ada                                         [x]       [ ]     2026-11-26 05:02
        root                                        [x]       [x]     2026-11-26 05:02
      (17 empty lines)
       enter details  a active  s superuser  n new  / search  m menu  ? help  q quit"
    `);
  });

  test('appears by itself, on every screen, and the list keeps its place below it', async () => {
    await using page = await openAdminPage({ at, listed: numbered(60) });
    const { t, ui } = page;
    await ui.press('G');
    await ui.sees('› user060');
    const other = await t.another();
    await t.add('ada');
    await recover(other, 'ada');
    await ui.sees('ada was recovered by tester, 2026-11-26 05:02. R acknowledges');
    await ui.sees('› user060');
    expect(ui.faults()).toEqual([]);
    for (const [place, screen] of [
      [0, 'Profile'],
      [2, 'Sessions'],
      [3, 'Audit'],
    ] as const) {
      await ui.press('m', ...Array.from({ length: place }, () => down), enter);
      await ui.sees(`Langinfra › ${screen}`);
      await ui.sees('ada was recovered by tester');
      await ui.press(esc);
    }
  });

  test('is not covered by a dialog, and names its key only where that acts', async () => {
    await using page = await openAdminPage({ at, users: ['ada', 'bob'] });
    const { t, ui } = page;
    await recover(t, 'ada');
    await ui.sees('R acknowledges');
    for (const key of [enter, '?', 'n', 'm']) {
      await ui.press(key);
      await ui.sees(/^ ada was recovered by tester, 2026-11-26 05:02\. *\n/m);
      expect(ui.screen()).not.toContain('R acknowledges');
      await ui.press(esc);
      await ui.sees('R acknowledges');
    }
    expect(ui.faults()).toEqual([]);
  });

  test('stands beside the QR code of who sets one-time codes up', async () => {
    await using page = await openAdminPage({ at, users: ['ada'] });
    const { t, ui } = page;
    await recover(t, 'ada');
    await ui.press('m', enter);
    await ui.sees('Set up one-time codes');
    await ui.press(down, enter);
    await ui.sees('One-Time Codes');
    await ui.sees('ada was recovered by tester');
    await ui.sees('Scan this');
    expect(ui.faults()).toEqual([]);
  });

  test('leaves out the terminal, and not the time, where two recoveries have no room for both', async () => {
    await using page = await openAdminPage({ at, users: ['ada', 'bob', 'eve'] });
    const { t, ui } = page;
    for (const name of ['ada', 'bob', 'eve']) await recover(t, name);
    await t.rows(`update recovery set tty = '/dev/pts/0'`);
    await t.add('zoe');
    await ui.sees(/was recovered by tester, 2026-11-26 05:02\. .* \(and 2 more\)/);
  });

  test('goes in every console once somebody acknowledges it', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { t, ui } = page;
    await t.accounts.users.create(operator, {
      username: 'eve',
      password: usual,
      isActive: true,
      isSuperuser: true,
    });
    await using second = await openTestConsole(await t.another());
    await signInAs(second, 'eve', usual);
    await recover(t, 'ada');
    await second.sees('R acknowledges');
    await ui.sees('R acknowledges');
    await ui.press('R');
    await ui.sees('Acknowledged: ada was recovered by tester');
    await ui.seesNot('R acknowledges');
    await second.seesNot('R acknowledges');
    await ui.press('R');
    await ui.sees('Not done: There is no recovery to acknowledge');
  });

  test('of the own recovery says who acknowledges it, and so does its key', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    const eve = await t.add('eve', { isSuperuser: true });
    await recover(t, 'root');
    await using ui = await openTestConsole(t);
    await signInAs(ui, 'root', usual);
    await ui.sees('. Others acknowledge it');
    expect(ui.line('Others')).toMatch(
      /^ root was recovered by tester, [-\d]+ [:\d]+\. Others acknowledge it$/,
    );
    await ui.press('R');
    await ui.sees('Not done: Another superuser has to acknowledge this recovery');
    await t.accounts.users.remove(operator, eve.id);
    await ui.sees('R acknowledges');
    await ui.press('R');
    await ui.sees('Acknowledged: root was recovered');
  });

  test('counts the others, and keeps what is to be done in sight whatever the name', async () => {
    await using page = await openAdminPage({ users: ['ada', 'eve', 'w'.repeat(64)] });
    const { t, ui } = page;
    for (const name of ['w'.repeat(64), 'ada', 'eve']) {
      await recover(t, name);
      t.pass(1);
    }
    await ui.sees('R acknowledges (and 2 more)');
    await ui.sees('www… was recovered by tester');
    expect(ui.faults()).toEqual([]);
    await ui.press('R');
    await ui.sees(/ ada was recovered[\s\S]*R acknowledges \(and 1 more\)/);
  });

  test('is in the palette', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { t, ui } = page;
    await recover(t, 'ada');
    await ui.sees('R acknowledges');
    await ui.press('?', ...'acknowledges');
    await ui.sees('acknowledges the recovery that the banner tells of');
    await ui.press(enter);
    await ui.sees('Acknowledged: ada was recovered');
  });

  test('is nothing for who is no superuser', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    await t.add('ada');
    await using ui = await openTestConsole(t);
    await recover(t, 'ada');
    await signInAs(ui, 'ada', usual);
    await ui.sees('Profile');
    expect(ui.screen()).not.toContain('was recovered');
    await ui.press('?', ...'acknowledges');
    await ui.seesNot('the banner');
  });
});

test('a recovery is heard where the console is heard, and again with the whole screen', async () => {
  await using me = await openListener({ at, users: ['ada'] });
  await me.hears('Username, text: ');
  await me.press(...'root', enter, ...usual, enter);
  await me.hears('Admin Page.\n', '2 users.\n');
  await recover(me.t, 'ada');
  await me.hears('Note: ada was recovered by tester, 2026-11-26 05:02. shift R acknowledges.\n');
  await me.press(keys.ctrl('l'));
  await me.hears('Admin Page.\n', 'ada was recovered by tester', 'R acknowledges.\n');
  await me.press('R');
  await me.hears('Acknowledged: ada was recovered by tester');
});
