import { describe, expect, test } from 'vitest';
import { openAccounts, operator, usual } from '../support/accounts.ts';
import { keys, openTestConsole, signInAs } from '../support/console.tsx';
import { type AdminConsole, numbered, openAdminPage } from '../support/screens.ts';

const { ctrl, enter, esc } = keys;

const sizes = {
  usual: { columns: 80, rows: 24 },
  wide: { columns: 200, rows: 50 },
  small: { columns: 60, rows: 15 },
  narrow: { columns: 79, rows: 40 },
  low: { columns: 120, rows: 23 },
  odd: { columns: 97, rows: 31 },
};

type Ui = AdminConsole['ui'];

const isWhole = (ui: Ui) => ui.until(() => ui.faults()).toEqual([]);

/** What a console shows that is opened at this size: nothing of an old frame can be in it. */
const asFresh = async ({ t }: AdminConsole, size: { columns: number; rows: number }) => {
  await using ui = await openTestConsole(t, size);
  await signInAs(ui, 'root', usual);
  await ui.sees(/ 1 of \d+/);
  return ui.screen();
};

describe('after every change of the size the frame fills the terminal, and nothing of an old one is left', () => {
  test('80x24, 200x50, 60x15, 80x24', async () => {
    await using page = await openAdminPage({ listed: numbered(299), at: '2026-03-01T10:00:00Z' });
    const { ui } = page;
    for (const size of [sizes.wide, sizes.small, sizes.usual]) {
      ui.resize(size);
      if (size === sizes.small)
        await ui.until(ui.screen).toBe('Langinfra needs 80x24; this terminal is 60x15. q quits.');
      else {
        await ui.until(ui.screen).toBe(await asFresh(page, size));
        expect(ui.faults()).toEqual([]);
      }
    }
  });

  test('many at once, as when a window is dragged: the last one counts', async () => {
    await using page = await openAdminPage({ listed: numbered(299), at: '2026-03-01T10:00:00Z' });
    const { ui } = page;
    for (let round = 0; round < 2; round += 1) {
      for (let rows = 24; rows < 60; rows += 1) ui.resize({ columns: 80 + rows, rows });
      for (let rows = 60; rows > 20; rows -= 3) ui.resize({ columns: rows * 2, rows });
      ui.resize(sizes.odd);
      await ui.sees(/› root[\s\S]*user025/);
      await isWhole(ui);
    }
  });

  test('with a dialog open, which stays', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui } = page;
    for (const [key, there] of [
      ['n', 'Confirm Password'],
      ['d', 'A deletion cannot be undone.'],
      ['?', 'Type to search'],
      [enter, 'Version'],
    ] as const) {
      await ui.press(key);
      await ui.sees(there);
      for (const size of [sizes.wide, sizes.odd, sizes.usual]) {
        ui.resize(size);
        await isWhole(ui);
        await ui.sees(there);
        const [left = 0, right = 0] = ui.columnsOf(there, '│');
        expect(Math.abs(left - (size.columns - 1 - right))).toBeLessThanOrEqual(1);
      }
      await ui.press(esc);
      await ui.seesNot(there);
    }
  });

  test('the cursor stays on its user and on the screen', async () => {
    await using page = await openAdminPage({ listed: numbered(299) });
    const { ui } = page;
    await ui.press('G', 'k');
    await ui.sees('› user298');
    ui.resize(sizes.wide);
    await isWhole(ui);
    await ui.sees('› user298');
    await ui.press('g', 'j');
    await ui.sees('› user001');
    ui.resize(sizes.usual);
    await isWhole(ui);
    await ui.sees('› user001');
    await ui.press(ctrl('d'), ctrl('d'));
    await ui.sees('› user039');
    ui.resize(sizes.odd);
    await isWhole(ui);
    await ui.sees('› user039');
    await ui.sees(' 40 of 300');
  });

  test('in the middle of another order being read', async () => {
    await using page = await openAdminPage({ listed: numbered(299) });
    const { ui } = page;
    for (const title of ['Created', 'Updated', 'Last login', 'Active', 'Superuser', 'Username']) {
      await ui.press('o');
      ui.resize(sizes.wide);
      await ui.sees(new RegExp(`${title} ?↑`));
      await ui.sees(/ \d+ of 300/);
      ui.resize(sizes.usual);
      await isWhole(ui);
    }
    expect(ui.outcome()).toBeUndefined();
  });
});

describe('on a terminal that is too small', () => {
  test.each([sizes.small, sizes.narrow, sizes.low])('says what it needs: %j', async size => {
    await using t = await openAccounts();
    await using ui = await openTestConsole(t, size);
    await ui
      .until(ui.screen)
      .toBe(`Langinfra needs 80x24; this terminal is ${size.columns}x${size.rows}. q quits.`);
    expect(ui.faults(/^Langinfra needs/, /^$/)).toEqual([]);
  });

  test('also where not even that has room', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    ui.resize({ columns: 5, rows: 2 });
    await ui.until(ui.lines).toEqual(['Langi', 'nfra']);
    expect(ui.faults(/^Langi/, /^nfra/)).toEqual([]);
  });

  test('keys do nothing that nobody could see', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, t, find } = page;
    ui.resize(sizes.small);
    await ui.sees('needs 80x24');
    await ui.press('a', 's', ' ', 'd', 'y', 'n', '/', ...'bob', enter, esc, keys.paste('x'), '?', ctrl('z'));
    ui.resize(sizes.usual);
    await ui.sees(/› ada +\[x\] +\[ \]/);
    expect(await find('ada')).toMatchObject({ version: 1 });
    expect(await t.rows('select username from user')).toHaveLength(2);
    await ui.press('j');
    await ui.sees(/› root/);
  });

  test.each([['q'], [ctrl('c')]])('but %j quits', async key => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui } = page;
    await ui.press('n');
    await ui.sees('New User');
    ui.resize(sizes.small);
    await ui.sees('needs 80x24');
    await ui.press(key);
    await ui.until(ui.outcome).toEqual({});
  });

  test('what happens meanwhile is there afterwards', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, t, find } = page;
    ui.resize(sizes.small);
    await ui.sees('needs 80x24');
    const { id } = (await find('ada')) ?? { id: '' };
    await (await t.another()).accounts.users.change(operator, id, { isActive: false });
    ui.resize(sizes.usual);
    await ui.sees(/› ada[\w ]* \[ \] +\[ \]/);
  });
});

test('more columns are shown as there is room, in their order', async () => {
  await using page = await openAdminPage({ users: ['ada'] });
  const { ui } = page;
  const heads = () => ui.line('Username').trim().split(/ {2,}/);
  const all = ['Username↑', 'Active', 'Superuser', 'Created', 'Updated', 'Last login', 'Id'];
  await ui.until(heads).toEqual(all.slice(0, 4));
  ui.resize({ columns: 100, rows: 24 });
  await ui.until(heads).toEqual(all.slice(0, 6));
  ui.resize({ columns: 138, rows: 24 });
  await ui.until(heads).toEqual(all);
});
