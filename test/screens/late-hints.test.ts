import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Strength } from '../../src/accounts/password-strength.ts';
import { Refusal } from '../../src/refusal.ts';
import type { Console } from '../../src/screens/console.ts';
import { createForm, fieldOf } from '../../src/screens/form.ts';
import { passwordHelp } from '../../src/screens/password-help.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Longer than a form waits before it looks at a password. */
const later = () => vi.advanceTimersByTimeAsync(1000);
const strong: Strength = { level: 'strong', because: 'about 10^12 guesses' };
const weak: Strength = { level: 'weak', because: 'about 10^3 guesses' };

/** A form with one field, and the answers it waits for in our hands. */
const opened = () => {
  const asked: (PromiseWithResolvers<Strength> & { password: string })[] = [];
  const strengthOf = (password: string) => {
    asked.push({ ...Promise.withResolvers<Strength>(), password });
    return asked.at(-1)?.promise;
  };
  const console = {
    attempt: (work: () => Promise<void>) => work(),
    accounts: { strengthOf, settings: { passwordMinLength: 8 } },
  } as unknown as Console;
  const form = createForm(console, {
    title: '',
    items: [{ kind: 'text', name: 'password', label: 'Password', masked: true }],
    busyText: 'Saving...',
    itemOf: fieldOf,
    submit: async () => {
      throw new Refusal('password_common');
    },
    ...passwordHelp(console, () => 'ada'),
  });
  return {
    asked,
    close: form.close,
    press: (...names: string[]) => {
      for (const name of names) form.press({ name, text: name.length === 1 ? name : '' });
    },
    answer: async (at: number, strength: Strength) => {
      asked[at]?.resolve(strength);
      await vi.advanceTimersByTimeAsync(0);
    },
    hint: () => form.state.get().hints.password?.text,
    error: () => form.state.get().errors.password,
  };
};

test('a password is looked at once, when nothing was typed for a moment', async () => {
  const { asked, press } = opened();
  press(...'horse');
  expect(asked).toEqual([]);
  await later();
  expect(asked.map(({ password }) => password)).toEqual(['horse']);
});

test('an answer about what stands there no more is not shown', async () => {
  const { asked, press, answer, hint } = opened();
  press('a');
  await later();
  press('b');
  await answer(0, weak);
  expect(hint()).toBeUndefined();
  await later();
  expect(asked).toHaveLength(2);
  await answer(1, strong);
  expect(hint()).toBe('strong: about 10^12 guesses');
});

test('what was refused is not hidden by an answer that comes after it', async () => {
  const { press, answer, error, hint } = opened();
  press('a');
  await later();
  press('ctrl-s');
  await answer(0, strong);
  await later();
  expect(error()).toBe('This is one of the most common passwords');
  expect(hint()).toBeUndefined();
});

test.each([
  ['what is being saved', (form: ReturnType<typeof opened>) => form.press('ctrl-s')],
  ['a form that is closed', (form: ReturnType<typeof opened>) => form.close()],
])('%s is not looked at', async (_, end) => {
  const form = opened();
  form.press('a');
  end(form);
  await later();
  expect(form.asked).toEqual([]);
});
