import { describe, expect, test } from 'vitest';
import { planTable, TableHead, UserRow } from '../../src/screens/user-table.tsx';
import { userSorts } from '../../src/store/user-order.ts';
import type { User } from '../../src/store/users.ts';
import { widthOf } from '../../src/text.ts';
import { renderAt } from '../support/screens.ts';

const ada: User = {
  id: '0123456789abcdef0123456789abcdef',
  username: 'ada',
  profileImage: null,
  isActive: true,
  isSuperuser: false,
  isAutomatic: false,
  createdAt: '2026-03-01T10:00:00.000000Z',
  updatedAt: '2026-03-02T11:00:00.000000Z',
  lastLoginAt: null,
  version: 1,
};
const titles = ['Active', 'Superuser', 'Created', 'Updated', 'Last login', 'Id'];
const widths = Array.from({ length: 171 }, (_, at) => 80 + at);
const widthOfPlan = ({ name, others }: ReturnType<typeof planTable>) =>
  others.reduce((sum, { width }) => sum + 2 + width, 2 + name.width);

describe('on terminals of 80 to 250 columns', () => {
  test('the table fits, with the most important columns first and room for a name', () => {
    for (const width of widths) {
      const plan = planTable(width, false);
      expect(widthOfPlan(plan)).toBeLessThanOrEqual(width);
      expect(plan.others.map(({ title }) => title)).toEqual(titles.slice(0, plan.others.length));
      expect(plan.name.width).toBeGreaterThanOrEqual(25);
      expect(plan.name.width).toBeLessThanOrEqual(64);
    }
  });

  test('a wider one never shows less, and both flags are always there', () => {
    const shown = widths.map(width => planTable(width, false).others.length);
    expect(shown).toEqual(shown.toSorted((a, b) => a - b));
    expect(shown[0]).toBe(3);
    expect(shown.at(-1)).toBe(titles.length);
  });

  test('no room is left unused while a column or the name could take it', () => {
    for (const width of widths) {
      const plan = planTable(width, false);
      const free = width - widthOfPlan(plan);
      expect(free === 0 || plan.name.width === 64).toBe(true);
    }
  });
});

describe('a row', () => {
  const rowOf = (user: Partial<User>, width = 80, autoLogin = false) => {
    const plan = planTable(width, autoLogin);
    const row = <UserRow user={{ ...ada, ...user }} plan={plan} chosen={undefined} />;
    return renderAt({ columns: width, rows: 24 }, row).lastFrame() ?? '';
  };

  test.each([
    ['a plain name', 'ada'],
    ['a long one', 'a'.repeat(64)],
    ['wide letters', '日本語'.repeat(20)],
    ['an odd number of cells before a wide letter', `a${'日'.repeat(40)}`],
    ['emoji', '🦜'.repeat(30)],
    ['marks', 'Zoe\u0308'],
    ['tricks', 'a\x1b[31mb\nc'],
    ['nothing', ''],
  ])('has its flags in the same cells, whatever the name: %s', (_, username) => {
    const row = rowOf({ username });
    expect(row).not.toContain('\n');
    expect(widthOf(row.slice(0, row.indexOf('[x]')))).toBe(widthOf(rowOf({}).split('[x]')[0] ?? ''));
    expect(widthOf(row.trimEnd())).toBe(widthOf(rowOf({}).trimEnd()));
  });

  test('shows times to the minute, never for who never signed in, and the id with dashes', () => {
    expect(rowOf({}, 160)).toMatch(
      /2026-03-01 10:00 {2}2026-03-02 11:00 {2}never {13}01234567-89ab-cdef-0123-456789abcdef/,
    );
    expect(rowOf({ lastLoginAt: '2026-03-03T12:34:56.000000Z' }, 160)).toContain('2026-03-03 12:34');
  });

  test('says what the automatic account is', () => {
    for (const width of [80, 99, 120]) {
      expect(rowOf({ username: 'langinfra', isAutomatic: true }, width, true)).toContain(
        'langinfra automatic  ',
      );
      expect(rowOf({ username: 'langinfra', isAutomatic: true }, width, false)).toContain(
        'langinfra automatic (off)',
      );
    }
  });
});

describe('the heads of the columns', () => {
  test.each(userSorts)('sorted by %s one arrow shows it, and no head moves', sort => {
    for (const width of [80, 120, 200]) {
      const plan = planTable(width, false);
      const frameOf = (order: 'asc' | 'desc', by: typeof sort | 'none') =>
        renderAt(
          { columns: width, rows: 24 },
          <TableHead plan={plan} sort={by as typeof sort} order={order} />,
        ).lastFrame() ?? '';
      const plain = frameOf('asc', 'none');
      const isShown = [plan.name, ...plan.others].some(column => column.sort === sort);
      for (const [order, arrow] of [
        ['asc', '↑'],
        ['desc', '↓'],
      ] as const) {
        const head = frameOf(order, sort);
        expect(head.match(/[↑↓]/g) ?? []).toEqual(isShown ? [arrow] : []);
        expect(
          head
            .replace(/ ?[↑↓]/, '')
            .replaceAll(/ +/g, ' ')
            .trim(),
        ).toBe(plain.replaceAll(/ +/g, ' ').trim());
        for (const { title } of plan.others) expect(head.indexOf(title)).toBe(plain.indexOf(title));
      }
    }
  });
});
