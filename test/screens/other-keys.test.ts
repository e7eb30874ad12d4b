import { describe, expect, test } from 'vitest';
import { usual } from '../support/accounts.ts';
import { keys, signInAs } from '../support/console.tsx';
import { openAdminPage } from '../support/screens.ts';

const { enter, esc, ctrl, up, down } = keys;

describe('w says why a user can sign in or cannot', () => {
  test('one who can', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui } = page;
    await ui.press('w');
    await ui.sees(/ada can sign in with the right password: the account is[\s│]+active\./);
    await ui.press(esc);
    await ui.seesNot('Signing in');
  });

  test('one who waits for approval', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui } = page;
    ui.burst('aw');
    await ui.sees(/ada cannot sign in: the account waits for[\s│]+approval since/);
  });
});

describe('y copies the username to the clipboard of the terminal', () => {
  test('whatever its script', async () => {
    const usernames = ['ada', 'Zoë', '日本'];
    await using page = await openAdminPage({ listed: usernames });
    const { ui } = page;
    for (const username of usernames) {
      ui.burst('/', ctrl('u'), keys.paste(username), enter, 'y');
      await ui.sees(`${username} was sent to your terminal's clipboard`);
      expect(ui.copied()).toBe(username);
    }
  });
});

describe('m opens the profile menu', () => {
  test('which leads to the Profile, and esc from there back to the Admin Page', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    await ui.press('m');
    await ui.sees('› Profile');
    await ui.press(enter);
    await ui.sees('Langinfra › Profile');
    await ui.press(esc);
    await ui.sees('Langinfra › Admin Page');
  });

  test('the arrows and j, k choose, around the ends', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    await ui.press('m');
    await ui.sees('› Profile');
    await ui.press(down);
    await ui.sees('› Admin Page');
    await ui.press('j');
    await ui.sees('› Sessions');
    await ui.press('j');
    await ui.sees('› Audit');
    await ui.press('j');
    await ui.sees('› Lock');
    await ui.press('j');
    await ui.sees('› Sign out');
    await ui.press('j');
    await ui.sees('› Profile');
    await ui.press(up);
    await ui.sees('› Sign out');
    await ui.press('k', 'k', 'k', 'k', enter);
    await ui.seesNot('Sign out');
    await ui.sees('Langinfra › Admin Page');
  });

  test('esc, m and q close it', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    for (const key of [esc, 'm', 'q']) {
      await ui.press('m');
      await ui.sees('Sign out');
      await ui.press(key);
      await ui.seesNot('Sign out');
    }
    expect(ui.outcome()).toBeUndefined();
  });

  test('Sign out leads to the login screen, and the session has ended', async () => {
    await using page = await openAdminPage();
    const { ui, t } = page;
    await ui.press('m', up, enter);
    await ui.sees('Sign in');
    await ui.seesNot('Admin Page');
    expect(await t.rows('select id from session')).toEqual([]);
    await signInAs(ui, 'root', usual);
    await ui.sees('Admin Page');
  });
});

describe('? and : show what can be done here, and do it', () => {
  test('each lists the keys', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    for (const key of ['?', ':']) {
      await ui.press(key);
      await ui.sees('Type to search:');
      await ui.sees(/› enter +shows everything about the user/);
      await ui.sees(/a +toggles Active/);
      await ui.sees(/↓ \d+ more/);
      await ui.press(esc);
      await ui.seesNot('Type to search');
    }
  });

  test('typing filters by words and keys, enter does the chosen thing', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, find } = page;
    await ui.press('?', ...'TOGGLES');
    await ui.sees(/› a +toggles Active/);
    await ui.seesNot('adds a user');
    await ui.press(down);
    await ui.sees(/› s +toggles Superuser/);
    await ui.press(up, enter);
    await ui.sees(/› ada[\w ]* \[ \] +\[ \]/);
    expect(await find('ada')).toMatchObject({ isActive: false });
    await ui.press('?', ...'PgDn');
    await ui.sees(/› PgDn ctrl-d +goes a page down/);
  });

  test('where nothing is found it says so, and enter only closes it', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    await ui.press('?', ...'xyzzy');
    await ui.sees('Nothing here does that.');
    await ui.press(enter);
    await ui.seesNot('Nothing here');
    expect(ui.outcome()).toBeUndefined();
  });

  test('the list scrolls with what is chosen, to its end', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    await ui.press('?', up);
    await ui.sees(/› enter/);
    ui.burst(down.repeat(60));
    await ui.sees(/› q +quits/);
    await ui.sees('enter do it');
    await ui.sees(/↑ \d+ more/);
  });

  test('does what begins with what was typed before what only has it in the middle', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui } = page;
    // `unlocks the user` stands above it in the table.
    await ui.press(':', ...'lock', enter);
    await ui.sees('Locked');
  });

  test('what cannot be done now says why there too', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    await ui.press('?', ...'undoes', enter);
    await ui.sees('Not done: There is nothing to undo');
  });

  test('the Profile has its own', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    ui.burst('m', enter);
    await ui.sees('Change password');
    await ui.press('?');
    await ui.sees('goes back to the Admin Page');
    await ui.seesNot('toggles');
  });
});

describe('r and ctrl-l', () => {
  test('r reads the list again', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, t } = page;
    await ui.sees(' 1 of 2');
    await t.rows("update user set is_superuser = 1 where username = 'ada'");
    await ui.press('r');
    await ui.sees(/› ada +\[x\] +\[x\]/);
  });

  test('ctrl-l draws the whole screen again, over what another program wrote', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui } = page;
    await ui.sees(' 1 of 2');
    const before = ui.screen();
    await new Promise<void>(resolve =>
      ui.terminal.write('\x1b[5;5HBroadcast message\r\n\n\n\n'.repeat(9), resolve),
    );
    expect(ui.screen()).not.toBe(before);
    await ui.press(ctrl('l'));
    await ui.until(ui.screen).toBe(before);
    await ui.press('j');
    await ui.sees('› root');
    expect(ui.lines()).toHaveLength(24);
  });
});
