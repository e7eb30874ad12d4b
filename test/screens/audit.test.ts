import { describe, expect, test } from 'vitest';
import { operator, outcomeOf, usual } from '../support/accounts.ts';
import { keys, openTestConsole } from '../support/console.tsx';
import { type AdminConsoleOptions, openAdminPage } from '../support/screens.ts';
import { elsewhere, soon } from './elsewhere.ts';

const { up, down, enter, esc, paste } = keys;

/** The Audit screen, before which ada was deactivated and root could not be demoted. */
const openAudit = async (options: AdminConsoleOptions = {}) => {
  const page = await openAdminPage({ users: ['ada', 'bob'], ...options });
  const { ui, t } = page;
  const ada = (await page.find('ada'))?.id ?? '';
  await t.accounts.users.change(operator, ada, { isActive: false });
  await outcomeOf(t.accounts.users.change(operator, page.root.id, { isSuperuser: false }));
  await ui.press('A');
  await ui.sees('Langinfra › Audit');
  await ui.sees(/^› /m);
  return page;
};

/** What the lines say of what happened to users, from the top, without sign-ins. */
const said = (screen: string): string[] =>
  [...screen.matchAll(/ tester \(shell\) +(\S.*?) *$/gm)].map(([, what = '']) => what);

const all = [
  'tried to change root: Superuser no: The las…',
  'changed ada: Active yes to no',
  'added bob: Active yes, Superuser no',
  'added ada: Active yes, Superuser no',
  'added root: Active yes, Superuser yes',
];

describe('Audit', () => {
  test('shows who did what and when, the newest first', async () => {
    await using page = await openAudit();
    const { ui } = page;
    expect(said(ui.screen())).toEqual(all);
    expect(ui.lines()[2]).toMatch(/^ {2}Time +Who +What$/);
    expect(ui.line('›')).not.toBe('');
    ui.resize({ columns: 120, rows: 30 });
    await ui.sees(/Time +Who +What +From/);
    await ui.sees(/tried to change root: .* command *$/m);
  });

  test('f shows only sign-ins, changes or what was refused, and esc everything again', async () => {
    await using page = await openAudit();
    const { ui } = page;
    await ui.press('f');
    await ui.sees(/^ only sign-ins/m);
    await ui.until(() => said(ui.screen())).toEqual([]);
    await ui.press('f');
    await ui.sees(/^ only changes/m);
    await ui.until(() => said(ui.screen())).toEqual(all.slice(1));
    await ui.press('f');
    await ui.sees(/^ only what was refused/m);
    await ui.until(() => said(ui.screen())).toEqual(all.slice(0, 1));
    await ui.press(esc);
    await ui.until(() => said(ui.screen())).toEqual(all);
    await ui.press(esc);
    await ui.sees('Langinfra › Admin Page');
  });

  test('/ shows what one user did and what was done to them', async () => {
    await using page = await openAudit();
    const { ui } = page;
    await ui.press('/', ...'ADA', enter);
    await ui.sees(/^ by or to ada /m);
    await ui.until(() => said(ui.screen())).toEqual([all[1], all[3]]);
    await ui.press('/');
    await ui.sees('enter show  esc clear');
    await ui.press(keys.ctrl('u'), ...'nobody', enter);
    await ui.sees('Not done: There is no user nobody');
    await ui.sees('by or to nobody');
    await ui.press(esc);
    await ui.until(() => said(ui.screen())).toEqual(all);
  });

  test('a name can be pasted, and what is in it does nothing to the terminal', async () => {
    await using page = await openAudit({ listed: ['b\x1b[2Jeve'] });
    const { ui } = page;
    await ui.press('/', paste('b\x1b[2Jeve'), enter);
    await ui.sees('by or to b·[2Jeve');
    await ui.sees('There is nothing of that. esc shows everything.');
  });

  test('enter shows all of a row, with its seal', async () => {
    await using page = await openAudit();
    const { ui, t } = page;
    await ui.press('f', 'f', enter);
    await ui.sees(/Row \d/);
    const [row] = await t.accounts.audit.page(operator, { kind: 'changes' }, { limit: 1 });
    for (const line of [
      'changed ada: Active yes to no',
      'isActive: true',
      'isActive: false',
      row?.mac ?? '?',
    ])
      expect(ui.screen()).toContain(line);
    expect(ui.screen()).toMatch(/Before +isActive: true/);
    await ui.press(esc);
    await ui.seesNot('isActive');
  });

  test('/ finds users who are gone, however they were deleted, and their rows say what they were', async () => {
    await using page = await openAudit();
    const { ui, t } = page;
    const { users, bulk } = t.accounts;
    const [ada, bob] = [await page.find('ada'), await page.find('bob')];
    const rootActor = (await t.signIn('root')).actor;
    await users.remove(operator, bob?.id ?? '');
    const selection = { ids: [ada?.id ?? ''] };
    await bulk.apply(rootActor, selection, await bulk.plan(rootActor, selection, 'delete'));
    await ui.press('/', ...'ADA', enter);
    await ui.sees('by or to ada');
    await ui.sees('deleted ada: Active no, Superuser no');
    await ui.sees('added ada');
    expect(ui.screen()).not.toContain('bob');
    await ui.press('/', keys.ctrl('u'), ...'bob', enter);
    await ui.sees('deleted bob: Active yes, Superuser no');
    // Whoever has the name now counts before who had it.
    await t.add('bob', { isSuperuser: true });
    await ui.press('/', keys.ctrl('u'), ...'bob', enter);
    await ui.sees('added bob: Active yes, Superuser yes');
    expect(ui.screen()).not.toContain('deleted bob');
  });

  test('v says whether it is as it was written', async () => {
    await using page = await openAudit();
    const { ui, t } = page;
    await ui.press('v');
    await ui.sees(/^ \d+ rows, each as it was written, and none is gone/m);
    await t.rows("update audit set target_name = 'eve' where id = 2");
    await ui.press('v');
    await ui.sees('Note: the audit is not as it was written: row 2 is not as it was written');
  });

  test('shows what somebody wrote by hand, and goes on', async () => {
    await using page = await openAudit();
    const { ui, t } = page;
    ui.resize({ columns: 160, rows: 30 });
    await t.rows("update audit set detail = 'oops', origin = 'alas', event = 'constructor' where id = 3");
    await t.rows("update audit set at = 'x\x1b[2J' where id = 2");
    await t.rows("update audit set event = '__proto__' where id = 2");
    await ui.press('r');
    await ui.sees('constructor bob: what is written here is not what was written');
    await ui.sees('x·[2J');
    await ui.press('G', up, up, enter);
    await ui.sees('Row 3');
    await ui.sees(/Detail +oops/);
    await ui.sees(/Origin +alas/);
    await ui.press(esc, 'v');
    await ui.sees('Note: the audit is not as it was written: row 2 is not as it was written');
  });

  test('shows within a second what others do, with the cursor on its row', async () => {
    await using page = await openAudit();
    const { ui } = page;
    const other = await elsewhere(page);
    const line = ui.line('›');
    await other.change('bob', { isActive: false });
    await soon(() => ui.sees('changed bob: Active yes to no'));
    expect(ui.line('›')).toBe(line);
    await ui.press('g');
    await ui.sees(/^› .* changed bob: Active yes to no/m);
  });

  test('stays on its row where that is not on the first page', async () => {
    await using page = await openAdminPage({ users: ['ada', 'bob'] });
    const { ui, t } = page;
    const bob = (await page.find('bob'))?.id ?? '';
    // Before the audit is shown: of rows that come together it shows as many as there is room for above the cursor.
    for (let at = 0; at < 40; at += 1)
      await t.accounts.users.change(operator, bob, { isActive: at % 2 === 1 });
    await ui.press('A');
    await ui.sees(/^› .* changed bob: Active no to yes/m);
    await ui.press('G');
    await ui.sees(/^› .* added root/m);
    const at = ui.lines().findIndex(line => line.startsWith('›'));
    const other = await elsewhere(page);
    await other.change('ada', { isActive: false });
    await ui.press('g');
    await ui.sees('changed ada: Active yes to no');
    await ui.press('G');
    await ui.sees(/^› .* added root/m);
    expect(ui.lines().findIndex(line => line.startsWith('›'))).toBe(at);
  });

  test('goes through many rows in pages, to the last and back', async () => {
    await using page = await openAdminPage();
    const { ui, t } = page;
    await t.rows(`with recursive n (i) as (select 1 union all select i + 1 from n where i < 2000)
      insert into audit (at, event, outcome, door, origin, target_name, detail, key_id, mac)
      select '2026-01-01 00:00:00.000000', 'user_deleted', 'done', 'http', '{}', 'nr' || i, '{}', '', '' from n`);
    await ui.press('A');
    await ui.sees(/^› .* deleted nr2000 *$/m);
    ui.burst(...Array(50).fill(down));
    await ui.sees(/^› .* deleted nr1950 *$/m);
    ui.burst(...Array(60).fill(keys.pageDown));
    await ui.sees(/^› .* deleted nr\d{3} *$/m);
    await ui.press('G');
    await ui.sees(/^› .* added root/m);
    ui.burst(...Array(30).fill(up));
    await ui.sees(/^› .* deleted nr\d+ *$/m);
    await ui.press('g');
    await ui.sees(/^› .* deleted nr2000 *$/m);
  });

  test('is heard as it is seen', async () => {
    await using page = await openAudit();
    await using heard = await openTestConsole(page.t, { linear: true, columns: 200, rows: 60 });
    await heard.sees('Username');
    heard.burst('root', enter);
    await heard.sees('Password');
    heard.burst(usual, enter);
    await heard.sees('Admin Page');
    await heard.press('A');
    await heard.sees('By or to anybody.');
    await heard.press('f', 'f');
    await heard.sees('Shows only changes.');
    await heard.sees(/tester \(shell\) changed ada: Active yes to no, just now, command, row \d/);
    await heard.press('/', ...'bob', enter);
    await heard.sees('By or to bob.');
  });
});
