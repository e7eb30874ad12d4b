import { describe, expect, test } from 'vitest';
import { openAccounts, usual } from '../support/accounts.ts';
import { keys, openTestConsole, signInAs, type TestConsole } from '../support/console.tsx';
import { openListener } from '../support/listener.ts';
import { openAdminPage } from '../support/screens.ts';

const { up, tab, shiftTab, enter, esc, backspace, ctrl } = keys;
const made = /made: ([A-Za-z0-9]{20})(?![A-Za-z0-9])/;
const madeIn = (ui: TestConsole): string => made.exec(ui.screen())?.[1] ?? '';

/** The line below the field with that label. */
const below = (ui: TestConsole, label: RegExp): string => {
  const lines = ui.lines();
  return lines[lines.findIndex(line => label.test(line)) + 1] ?? '';
};

/** The forms that set a password, with the focus on Password. */
const forms: Record<string, () => Promise<AsyncDisposable & { ui: TestConsole }>> = {
  'New User': async () => {
    const page = await openAdminPage();
    await page.ui.press('n', ...'eve', tab);
    return page;
  },
  'Reset Password': async () => {
    const page = await openAdminPage({ users: ['eve'] });
    await page.ui.press('p');
    return page;
  },
  'Change Password': async () => {
    const t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    await t.add('eve');
    const ui = await openTestConsole(t);
    await signInAs(ui, 'eve', usual);
    await ui.sees('Change password');
    await ui.press(enter, ...usual, tab);
    return {
      ui,
      [Symbol.asyncDispose]: () => ui[Symbol.asyncDispose]().then(() => t[Symbol.asyncDispose]()),
    };
  },
  'Sign up': async () => {
    const t = await openAccounts({ settings: { enableSignup: true } });
    await t.add('root', { isSuperuser: true });
    const ui = await openTestConsole(t);
    await ui.sees('[ Sign up ]');
    await ui.press(up, enter, ...'eve', tab);
    return {
      ui,
      [Symbol.asyncDispose]: () => ui[Symbol.asyncDispose]().then(() => t[Symbol.asyncDispose]()),
    };
  },
  'First Superuser': async () => {
    const t = await openAccounts({ settings: { autoLogin: false } });
    const ui = await openTestConsole(t);
    await ui.sees('First Superuser');
    await ui.press(...'eve', tab);
    return {
      ui,
      [Symbol.asyncDispose]: () => ui[Symbol.asyncDispose]().then(() => t[Symbol.asyncDispose]()),
    };
  },
};

describe.each(Object.entries(forms))('%s', (_, open) => {
  test('says how strong the password is that is typed, and never the password', async () => {
    await using form = await open();
    const { ui } = form;
    await ui.press(...'trustno1');
    await ui.sees('weak: This is one of the most common passwords');
    await ui.press(...'!');
    await ui.sees(/fair: about 10\^\d guesses|weak: about 10\^\d guesses/);
    await ui.press(...' and a meerkat');
    await ui.sees(/strong: about 10\^\d\d guesses/);
    expect(below(ui, /› Password /)).toMatch(/ {3,}strong: about/);
    await ui.press(ctrl('u'));
    await ui.seesNot('guesses');
    expect(ui.bytes()).not.toMatch(/trustno1|meerkat/);
    expect(ui.faults(/^/)).toEqual([]);
  });

  test('ctrl-g makes a password, which is shown until it is another, and ctrl-y copies it', async () => {
    await using form = await open();
    const { ui } = form;
    await ui.press(ctrl('y'));
    await ui.sees('No password was made here: ctrl-g makes one');
    expect(ui.copied()).toBe('');
    await ui.press(ctrl('g'));
    await ui.sees(made);
    const first = madeIn(ui);
    expect(ui.screen().match(/•{20}/g)).toHaveLength(2);
    expect(ui.faults(/^/)).toEqual([]);
    await ui.press(ctrl('y'));
    await ui.sees("The password was sent to your terminal's clipboard");
    expect(ui.copied()).toBe(first);
    await ui.press(ctrl('g'));
    await ui.seesNot(first);
    await ui.sees(made);
    const second = madeIn(ui);
    await ui.press('x');
    await ui.seesNot('made:');
    await ui.sees(/strong: /);
    expect(ui.screen()).not.toContain(second);
    await ui.press(ctrl('y'));
    await ui.sees('No password was made here: ctrl-g makes one');
    expect(ui.copied()).toBe(first);
  });
});

describe('the password that was made', () => {
  test('is saved, lets its user sign in, and is to be read nowhere afterwards', async () => {
    await using page = await openAdminPage();
    const { ui, t } = page;
    await ui.press('n', ...'eve', ctrl('g'));
    await ui.sees(made);
    const password = madeIn(ui);
    await ui.press(tab, tab, tab, ' ', ctrl('s'));
    await ui.sees('eve was added');
    await ui.seesNot(password);
    expect(await t.signIn('eve', password)).toMatchObject({ user: { username: 'eve' } });
    await ui.press('n');
    await ui.sees('New User');
    expect(ui.screen()).not.toMatch(/made:|•/);
  });

  test('stays in sight where something else was refused, and its user gets another name', async () => {
    await using page = await openAdminPage({ users: ['eve'] });
    const { ui, t } = page;
    await ui.press('n', ...'eve', ctrl('g'), ctrl('s'));
    await ui.sees('This username is unavailable.');
    await ui.sees(made);
    const password = madeIn(ui);
    await ui.press(...'lyn', tab, tab, tab, ' ');
    await ui.sees('[x] Active');
    expect(madeIn(ui)).toBe(password);
    await ui.press(ctrl('s'));
    await ui.sees('evelyn was added');
    expect(await t.signIn('evelyn', password)).toBeDefined();
  });

  test('goes with the form', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    await ui.press('n', ctrl('g'));
    await ui.sees(made);
    await ui.press(esc);
    await ui.seesNot('New User');
    expect(ui.screen()).not.toMatch(made);
  });

  test('is not shown any more where only its confirmation is changed', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    await ui.press('n', ctrl('g'));
    await ui.sees(made);
    await ui.press(tab, tab, backspace);
    await ui.seesNot('made:');
    await ui.press(ctrl('s'));
    await ui.sees('The two passwords are not the same');
  });

  test('is as long as LANGINFRA_PASSWORD_MIN_LENGTH asks for, and all of it can be read', async () => {
    await using t = await openAccounts({ settings: { autoLogin: false, passwordMinLength: 72 } });
    await using ui = await openTestConsole(t);
    await ui.sees('First Superuser');
    await ui.press(ctrl('g'));
    await ui.sees('made: ');
    const [, first] = /made: (\w{52})(?!\w)/.exec(ui.screen()) ?? [];
    const [, rest] = / (\w{20}) {2}ctrl-y copies it/.exec(ui.screen()) ?? [];
    await ui.press(ctrl('y'));
    await ui.until(ui.copied).toBe(`${first}${rest}`);
  });
});

describe('how strong a password is', () => {
  test('takes the place of what was refused before, not of what is refused now', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    ui.burst('n', 'eve', tab, 'Admin123!', tab, 'Admin123!', ctrl('s'));
    await ui.sees('Words like admin are tried first, with digits too');
    await ui.seesNot('weak');
    await ui.press(...' for me');
    await ui.sees(/strong: about/);
    await ui.seesNot('Words like admin');
  });

  test('depends on the username that is typed', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    ui.burst('n', tab, 'meerkat 4711');
    await ui.sees(/fair: |good: |strong: /);
    await ui.press(shiftTab, ...'meerkat');
    await ui.sees('weak: The username and some digits or signs is too easy');
  });

  test('is heard when it becomes another, and not with each letter', async () => {
    await using me = await openListener();
    await me.signIn();
    await me.press('n', ...'eve', tab);
    await me.hears('Password, hidden text: ');
    await me.press(...'trustno1');
    await me.hears('Password strength: weak.\n');
    await me.press(...'trust');
    await me.press(...' no meerkat');
    await me.hears('Password strength: strong.\n');
    await me.press(...'s', ctrl('g'));
    await me.hears(/^[A-Za-z0-9]{20} is the password that was made\.\n/);
    expect(me.ui.bytes()).not.toMatch(/guesses|trust/);
    expect(me.ui.bytes().match(/strength: \w+/g)).toEqual(['strength: weak', 'strength: strong']);
  });
});
