import { describe, expect, test } from 'vitest';
import type { SignedIn } from '../../src/accounts/sessions.ts';
import { greetingOf } from '../../src/screens/greeting.ts';
import { messageText } from '../../src/screens/messages.ts';
import { openAccounts, usual } from '../support/accounts.ts';
import { openTestConsole, signInAs } from '../support/console.tsx';

const long = '2001:db8:1234:5678:9abc:def0:1234:5678';
const lineOf = (count: number, latestFrom: string, recoveryCodesLeft?: number, columns?: number): string => {
  const failed = { count, latestAt: '2026-11-26T02:18:00.000000Z', latestFrom };
  const said = greetingOf({ failed, recoveryCodesLeft } as SignedIn, columns);
  return said ? messageText(said) : '';
};

describe('failed sign-ins', () => {
  test.each([
    [1, '192.0.2.7', undefined, 'Note: 1 failed sign-in since yours, 2026-11-26 02:18 from 192.0.2.7'],
    [1234, '192.0.2.207', undefined, 'Note: 1,234 failed sign-ins, last 2026-11-26 02:18 from 192.0.2.207'],
    [12, long, undefined, `Note: 12 failed, 2026-11-26 02:18, ${long}`],
    [99_999, long, undefined, `Note: 99,999 failed, 2026-11-26 02:18, ${long}`],
    [1, '192.0.2.7', 9, 'Note: Codes left: 9; 1 failed sign-in, 2026-11-26 02:18 from 192.0.2.7'],
    [99_999, long, 9, 'Note: Codes left: 9; 99,999 failed, 2026-11-26 02:18, 2001:db8:1234:5678::/64'],
  ])(
    '%i from %s, with %s codes left, say number, time and place on 80 columns',
    (count, from, left, line) => {
      expect(lineOf(count, from, left, 80)).toBe(line);
      expect(line.length).toBeLessThanOrEqual(78);
    },
  );

  test('say more where there is room', () => {
    expect(lineOf(12, long, undefined, 120)).toBe(
      `Note: 12 failed sign-ins since yours, last 2026-11-26 02:18 from ${long}`,
    );
    expect(lineOf(12, long)).toContain(`since yours, last 2026-11-26 02:18 from ${long}`);
  });

  test('from an IPv6 address are read whole on a screen of 80 by 24', async () => {
    await using t = await openAccounts({ at: '2026-11-26T02:18:00Z' });
    await t.add('root', { isSuperuser: true });
    const from = { door: 'http', address: long } as const;
    const wrong = { username: 'root', password: 'wrong', door: 'http', source: long, from } as const;
    await t.accounts.signIn(wrong).catch(() => {});
    await using ui = await openTestConsole(t);
    await signInAs(ui, 'root', usual);
    await ui.sees(`Note: 1 failed, 2026-11-26 02:18, ${long}`);
  });
});
