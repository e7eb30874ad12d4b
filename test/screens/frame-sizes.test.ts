import { expect, test } from 'vitest';
import { openAccounts, operator, usual as password } from '../support/accounts.ts';
import { keys, openTestConsole, type TestConsole } from '../support/console.tsx';
import { hostile } from '../support/hostile.ts';
import { type AdminConsole, openAdminPage } from '../support/screens.ts';

const { up, enter, ctrl, paste } = keys;

const usual = { columns: 80, rows: 24 };
const small = { columns: 60, rows: 15 };
const large = { columns: 200, rows: 60 };
/** From each of them to each other one. */
const tour = [small, usual, large, small, large, usual];

/** What is shown stays, and its frame is never taller or wider than the terminal. */
const staysWhole = async (ui: TestConsole, shown: string | RegExp): Promise<void> => {
  // The login screen has its title in the middle, or where its notices leave room.
  const first = /^( +Langinfra.*)?$/;
  await ui.sees(shown);
  await ui.until(() => ui.faults(first)).toEqual([]);
  for (const size of tour) {
    ui.resize(size);
    if (size === small) await ui.until(() => ui.faults(/^Langinfra needs 80x24/, /^$/)).toEqual([]);
    else {
      await ui.sees(shown);
      await ui.until(() => ui.faults(first)).toEqual([]);
    }
  }
  expect(ui.outcome()).toBeUndefined();
};

/** The first user of the list has everything in its name that could break a line. */
const worst = `a ${Object.values(hostile).join(' ')}`;
const listed = [worst, ...Object.values(hostile)];

test('the login screen', async () => {
  await using t = await openAccounts();
  await t.add('root', { isSuperuser: true });
  await using ui = await openTestConsole(t, { breaksLines: true, notices: [worst, 'x'.repeat(300)] });
  ui.burst(paste(worst), enter, paste(worst));
  await staysWhole(ui, 'Sign in');
});

test('First Superuser', async () => {
  await using t = await openAccounts();
  await using ui = await openTestConsole(t, { breaksLines: true, notices: ['x'.repeat(300)] });
  ui.burst(paste(worst), ctrl('s'));
  await staysWhole(ui, 'First Superuser');
});

test('the Admin Page of automatic sign-in over SSH', async () => {
  const settings = { autoLogin: true };
  await using page = await openAdminPage({
    settings,
    signedIn: 'automatic',
    overSsh: true,
    breaksLines: true,
    listed,
  });
  await staysWhole(page.ui, 'Over SSH that means');
});

type Screen = [shown: string | RegExp, ...typed: string[]];
const ofWorst = ['/a ', enter];
const screens: Record<string, Screen> = {
  'the Admin Page': [/^› /m],
  'the end of the list': [/ (\d+) of \1$/m, 'G'],
  'a search': [/^ \/b/m, '/b'],
  'a search for a long text': ['/xxx', '/', 'x'.repeat(300)],
  'a filter': ['pending', 'f'],
  'New User': ['New User', 'n', paste(worst), ctrl('s')],
  'Edit User': ['Edit User', ...ofWorst, 'e'],
  'Reset Password': ['Reset Password', ...ofWorst, 'p'],
  'Delete User': ['Delete User', ...ofWorst, 'd'],
  'the details of a user': ['Version', ...ofWorst, enter],
  'why a user can sign in': ['Signing in', ...ofWorst, 'w'],
  'a message': ['u undoes it', ...ofWorst, 'a'],
  'a plan for marked users': [/\d+ Marked Users/, '*', 'a'],
  'a plan to delete': [/\d+ Marked Users/, '*', 'd'],
  'the profile menu': ['Sign out', 'm'],
  'the Profile': ['› Profile', 'm', enter],
  'the sessions': [/^› root here/m, 'm', up, up, up, up, enter],
  'the audit': [/row \d/, 'A'],
  'the audit of a user': [/by or to/, 'A', '/', paste(worst), enter],
  'a row of the audit': ['Seal', 'A', enter],
  'Change Password': ['Change Password', 'm', enter, enter],
  'the help': ['Type to search', '?'],
  'the help, searched for nothing': ['Nothing here does that', '?', 'x'.repeat(300)],
};

test.each(Object.entries(screens))('%s', async (_name, [shown, ...typed]) => {
  await using page = await openAdminPage({ breaksLines: true, listed });
  for (const read of typed) page.ui.burst(read);
  await staysWhole(page.ui, shown);
});

test('the question before sessions end', async () => {
  await using page = await openAdminPage({ breaksLines: true, listed });
  await page.t.signIn('root', password, 'http');
  for (const read of ['m', up, up, up, up, enter, 'D']) page.ui.burst(read);
  await staysWhole(page.ui, 'All Sessions');
});

test('the question of a stale edit', async () => {
  await using page = await openAdminPage({ breaksLines: true, listed });
  const { ui, t } = page;
  ui.burst(...ofWorst, 'e');
  await ui.sees('Edit User');
  const { id } = (await page.find(worst)) as NonNullable<Awaited<ReturnType<AdminConsole['find']>>>;
  await (await t.another()).accounts.users.change(operator, id, { isActive: false });
  ui.burst(ctrl('u'), 'x'.repeat(64), ctrl('s'));
  await staysWhole(ui, 'Changed Meanwhile');
});
