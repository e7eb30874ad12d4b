import { expect, test } from 'vitest';
import type { BulkPlan } from '../../src/accounts/bulk-plan.ts';
import { doneSentence, planLines, planSentence, planWarnings } from '../../src/accounts/plan-words.ts';

const plan: BulkPlan = {
  action: 'promote',
  total: 1240,
  toChange: 1237,
  already: 2,
  refused: [{ reason: 'automatic_account', count: 1 }],
  names: [],
  lookAlike: 3,
  mixedScripts: 1,
  latest: '2026-01-01T00:00:00.000000Z',
};

test('a line for each outcome and each doubt, and nothing for what is not', () => {
  expect(planLines(plan)).toEqual([
    '1,237 to promote',
    '2 already superusers',
    '1 refused: The automatic account stays as it is',
    "3 have names that look like others'",
    '1 has a name that mixes scripts',
  ]);
  expect(planLines({ ...plan, lookAlike: 1, mixedScripts: 2 }).slice(3)).toEqual([
    "1 has a name that looks like another user's",
    '2 have names that mix scripts',
  ]);
  expect(planSentence({ ...plan, already: 0, refused: [], lookAlike: 0, mixedScripts: 0 })).toBe(
    '1,237 to promote',
  );
});

test.each([
  ['activate', '1 already active', '7 already active'],
  ['deactivate', '1 not active already', '7 not active already'],
  ['promote', '1 already a superuser', '7 already superusers'],
  ['demote', '1 already no superuser', '7 already no superusers'],
] as const)('who is so already: %s', (action, one, many) => {
  expect(planLines({ ...plan, action, already: 1 })[1]).toBe(one);
  expect(planLines({ ...plan, action, already: 7 })[1]).toBe(many);
});

test('what was done, or that there was nothing to do', () => {
  expect(doneSentence(plan)).toBe('1,237 users are superusers now');
  expect(doneSentence({ ...plan, action: 'delete', toChange: 1 })).toBe('1 user was deleted');
  expect(doneSentence({ ...plan, toChange: 0 })).toBe('There is nobody to promote: 2 already superusers');
  expect(doneSentence({ ...plan, toChange: 0, already: 0 })).toBe('There is nobody to promote');
});

test('a warning before a deletion, and before everybody waits', () => {
  expect(planWarnings(plan)).toEqual([]);
  const [gone, waits] = planWarnings({ ...plan, action: 'delete', toChange: 10_001 });
  expect(gone).toContain('cannot be undone');
  // SQLite gives up after five seconds.
  expect(waits).toBe('This takes a while. Sign-ins and changes of others wait meanwhile, or are refused.');
});
