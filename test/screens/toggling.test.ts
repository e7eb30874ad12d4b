import { describe, expect, test } from 'vitest';
import { openAccounts, operator, usual } from '../support/accounts.ts';
import { keys, openTestConsole, signInAs } from '../support/console.tsx';
import { type AdminConsole, openAdminPage } from '../support/screens.ts';
import { rawDatabase } from '../support/store.ts';

describe('flags are toggled in the row, at once', () => {
  test('a toggles Active, with one key back too', async () => {
    await using page = await openAdminPage({ users: ['ada', 'bob'] });
    const { ui, find } = page;
    await ui.press('a');
    await ui.sees(/› ada[\w ]* \[ \] +\[ \]/);
    await ui.sees('ada is not active any more');
    expect(await find('ada')).toMatchObject({ isActive: false, isSuperuser: false });
    await ui.press('a');
    await ui.sees(/› ada +\[x\] +\[ \]/);
    await ui.sees('ada is active now');
    expect(await find('ada')).toMatchObject({ isActive: true, version: 3 });
    expect(await find('bob')).toMatchObject({ version: 1 });
  });

  test('s toggles Superuser', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, find } = page;
    await ui.press('s');
    await ui.sees(/› ada +\[x\] +\[x\]/);
    await ui.sees('ada is a superuser now');
    expect(await find('ada')).toMatchObject({ isSuperuser: true });
    await ui.press('s');
    await ui.sees('ada is no superuser any more');
    expect(await find('ada')).toMatchObject({ isSuperuser: false });
  });

  test('space toggles the chosen cell', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, find } = page;
    await ui.press(' ');
    await ui.sees(/› ada[\w ]* \[ \] +\[ \]/);
    await ui.press(keys.right, ' ');
    await ui.sees(/› ada[\w ]* \[ \] +\[x\]/);
    expect(await find('ada')).toMatchObject({ isActive: false, isSuperuser: true, version: 3 });
  });

  test('Active stands before Superuser, whatever is toggled', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui } = page;
    const head = ui.line('Username');
    expect(head.indexOf('Active')).toBeLessThan(head.indexOf('Superuser'));
    await ui.press('s');
    await ui.sees(/› ada +\[x\] +\[x\]/);
    await ui.press('a');
    await ui.sees(/› ada[\w ]* \[ \] +\[x\]/);
  });
});

describe('u undoes', () => {
  test.each([
    ['a', { isActive: true, isSuperuser: false }],
    ['s', { isActive: true, isSuperuser: false }],
  ])('what %s did, for as long as the message offers it', async (key, before) => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, find } = page;
    await ui.press(key);
    await ui.sees('· u undoes it');
    await ui.press('u');
    await ui.sees('Undone: ada is as before');
    await ui.sees(/› ada +\[x\] +\[ \]/);
    expect(await find('ada')).toMatchObject(before);
    await ui.press('u');
    await ui.sees('Not done: There is nothing to undo');
  });

  test('a change of the username', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, find } = page;
    ui.burst('e', keys.ctrl('u'), 'lady', keys.ctrl('s'));
    await ui.sees('lady was changed · u undoes it');
    await ui.press('u');
    await ui.sees(/› ada +\[x\]/);
    expect(await find('lady')).toBeUndefined();
  });

  test('nothing where nothing was changed', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    await page.ui.press('u');
    await page.ui.sees('Not done: There is nothing to undo');
  });

  test('whatever else is said meanwhile, and on the pages where the message still shows', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, find } = page;
    for (const [way, there, back] of [
      ['y', 'clipboard', ''],
      [keys.enter, 'Version', keys.esc],
      [`m${keys.enter}`, 'Change password', keys.esc],
    ] as const) {
      await ui.press('a');
      await ui.sees('ada is not active any more');
      ui.burst(way);
      await ui.sees(there);
      await ui.press('u');
      await ui.sees('Undone: ada is as before');
      expect(await find('ada')).toMatchObject({ isActive: true });
      await ui.press(back);
      await ui.sees(/› ada +\[x\]/);
    }
  });

  test('not what somebody else has changed since, and says what they did', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, find, t } = page;
    await ui.press('a');
    await ui.sees('· u undoes it');
    const { id } = (await find('ada')) ?? { id: '' };
    await (await t.another()).accounts.users.change(operator, id, { isSuperuser: true });
    await ui.press('u');
    await ui.sees('Not done: ada was changed meanwhile: Superuser was no and is yes');
    expect(await find('ada')).toMatchObject({ isActive: false, isSuperuser: true });
  });

  test('not what somebody else has undone already', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, find, t } = page;
    await ui.press('a');
    await ui.sees('· u undoes it');
    const { id } = (await find('ada')) ?? { id: '' };
    const theirs = { isActive: true, isSuperuser: true };
    await (await t.another()).accounts.users.change(operator, id, theirs);
    await ui.press('u');
    await ui.sees('Nothing had to be undone: somebody else did it');
    expect(await find('ada')).toMatchObject({ ...theirs, version: 3 });
  });

  test('also after the change has put the user out of the search', async () => {
    await using page = await openAdminPage({ users: ['ada', 'bob'] });
    const { ui, find } = page;
    ui.burst('/ada', keys.enter, 'e', keys.ctrl('u'), 'lady', keys.ctrl('s'));
    await ui.sees('No username has that in it');
    await ui.sees('lady was changed · u undoes it');
    await ui.press('u');
    await ui.sees('Undone: ada is as before');
    await ui.sees(/› ada +\[x\]/);
    expect(await find('lady')).toBeUndefined();
  });
});

describe('what a rule forbids is refused in words, and the row stays as it is', () => {
  /** Presses each, on the row where the cursor stands, and sees each time why not. */
  const refuses = async ({ ui }: AdminConsole, words: Record<string, string | RegExp>) => {
    for (const [burst, why] of Object.entries(words)) {
      await ui.press('r', 'u');
      await ui.sees('Not done: There is nothing to undo');
      await ui.press(...burst);
      await ui.sees(why);
    }
  };

  test('the own account', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui, chosen, find } = page;
    await ui.press('G');
    await refuses(page, {
      a: "Not done: You can't deactivate the account you are signed in with",
      s: "Not done: You can't demote the account you are signed in with",
      d: "Not done: You can't delete your own user account",
    });
    expect(chosen()).toMatch(/› root +\[x\] +\[x\]/);
    expect(await find('root')).toMatchObject({ isActive: true, isSuperuser: true, version: 1 });
  });

  test('the last superuser', async () => {
    await using page = await openAdminPage({ settings: { autoLogin: true }, signedIn: 'automatic' });
    const { ui, chosen, find } = page;
    await ui.press('G');
    const why = 'Not done: The last superuser stays';
    await refuses(page, { a: why, s: why, dy: why });
    expect(chosen()).toMatch(/› root +\[x\] +\[x\]/);
    expect(await find('root')).toMatchObject({ isActive: true, isSuperuser: true, version: 1 });
  });

  test('the automatic account', async () => {
    await using page = await openAdminPage({ settings: { autoLogin: true }, signedIn: 'automatic' });
    const why = /Not done: .*automatic account stays as it is/;
    await refuses(page, { a: why, s: why, d: why });
    expect(await page.find('langinfra')).toMatchObject({ isActive: true, isSuperuser: true, version: 1 });
  });
});

test('a row that somebody else has changed is toggled from what the screen shows', async () => {
  await using page = await openAdminPage({ users: ['ada'] });
  const { ui, find, t } = page;
  await ui.press('a');
  await ui.sees(/› ada[\w ]* \[ \] +\[ \]/);
  const { id } = (await find('ada')) ?? { id: '' };
  await (await t.another()).accounts.users.change(operator, id, { isSuperuser: true });
  await ui.sees(/› ada[\w ]* \[ \] +\[x\]/);
  await ui.press('a');
  await ui.sees(/› ada +\[x\] +\[x\]/);
  expect(await find('ada')).toMatchObject({ isActive: true, isSuperuser: true, version: 4 });
});

test('two superusers who press at once do not undo each other', async () => {
  await using t = await openAccounts();
  await t.add('root', { isSuperuser: true });
  const ada = await t.add('ada');
  // This console has not heard yet what the other one did.
  await using ui = await openTestConsole({ accounts: { ...t.accounts, onChange: () => () => {} } });
  await signInAs(ui, 'root', usual);
  await ui.sees(/› ada +\[x\]/);
  await t.accounts.users.change(operator, ada.id, { isActive: false });
  await ui.press('a');
  await ui.sees(/› ada[\w ]* \[ \] +\[ \]/);
  await ui.sees('ada is not active already');
  expect(await t.find(ada.id)).toMatchObject({ isActive: false, version: 2 });
  // It was the other one who did that: there is nothing here to take back.
  await ui.press('u');
  await ui.sees('Not done: There is nothing to undo');
  expect(await t.find(ada.id)).toMatchObject({ isActive: false, version: 2 });
  await t.accounts.users.change(operator, ada.id, { isSuperuser: true });
  await ui.press('a');
  await ui.sees('Not done: ada was changed meanwhile: Superuser was no and is yes');
  expect(await t.find(ada.id)).toMatchObject({ isActive: false, isSuperuser: true, version: 3 });
});

test('a toggle is never shown before the store has it', async () => {
  await using page = await openAdminPage({ users: ['ada'] });
  const { ui, t } = page;
  const writing = Promise.withResolvers<void>();
  const hasLock = Promise.withResolvers<void>();
  const lock = (await t.another()).store.write(() => {
    hasLock.resolve();
    return writing.promise;
  });
  await hasLock.promise;
  await ui.press('a');
  ui.session.notify('a frame later');
  await ui.sees('a frame later');
  expect(ui.line('› ada')).toMatch(/\[x\]/);
  writing.resolve();
  await lock;
  await ui.sees(/› ada[\w ]* \[ \]/);
});

test('a name that looks like another has a mark, and is let in after a question only', async () => {
  await using page = await openAdminPage({ users: ['paypal'] });
  const { ui, t, find } = page;
  await t.add('pаypal', { isActive: false });
  await ui.sees(/pаypal ! waits 1 min/);
  await ui.press('j', 'a');
  await ui.sees('pаypal looks like paypal.');
  expect(ui.inverse().at(-1)).toBe('[ Cancel ]');
  await ui.press(keys.enter);
  await ui.seesNot('looks like');
  expect(await find('pаypal')).toMatchObject({ isActive: false });
  await ui.press('a', 'y');
  await ui.sees('pаypal is active now; the name mixes scripts');
  await ui.press('a');
  await ui.sees('pаypal is not active any more');
  // Who is let in by nothing is not warned of.
  expect(ui.line('not active any more')).not.toContain('scripts');
});

test('an undo that the database was too busy for can be done again', { timeout: 20_000 }, async () => {
  await using page = await openAdminPage({ users: ['ada'] });
  const { ui, t, find } = page;
  await ui.press('a');
  await ui.sees('ada is not active any more · u undoes it');
  {
    await using other = await rawDatabase(t.store.path);
    await other.exec('begin immediate');
    await ui.press('u');
    await ui.sees('Not done: The database is busy');
    await other.exec('rollback');
  }
  await ui.press('u');
  await ui.sees('Undone: ada is as before');
  expect(await find('ada')).toMatchObject({ isActive: true });
});
