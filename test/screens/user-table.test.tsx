import { describe, expect, test } from 'vitest';
import { UserRow } from '../../src/screens/user-row.tsx';
import { planTable, TableHead } from '../../src/screens/user-table.tsx';
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
  mustChangePassword: false,
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
      const plan = planTable(width);
      expect(widthOfPlan(plan)).toBeLessThanOrEqual(width);
      expect(plan.others.map(({ title }) => title)).toEqual(titles.slice(0, plan.others.length));
      expect(plan.name.width).toBeGreaterThanOrEqual(25);
      expect(plan.name.width).toBeLessThanOrEqual(64);
    }
  });

  test('a wider one never shows less, and both flags are always there', () => {
    const shown = widths.map(width => planTable(width).others.length);
    expect(shown).toEqual(shown.toSorted((a, b) => a - b));
    expect(shown[0]).toBe(3);
    expect(shown.at(-1)).toBe(titles.length);
  });

  test('no room is left unused while a column or the name could take it', () => {
    for (const width of widths) {
      const plan = planTable(width);
      const free = width - widthOfPlan(plan);
      expect(free === 0 || plan.name.width === 64).toBe(true);
    }
  });
});

describe('a row', () => {
  type More = { width?: number; remark?: string; isMarked?: boolean; search?: string };
  const rowOf = (user: Partial<User>, more: More = {}) => {
    const { width = 80, remark = '', isMarked = false, search = '' } = more;
    const row = (
      <UserRow
        user={{ ...ada, ...user }}
        plan={planTable(width)}
        chosen={undefined}
        isMarked={isMarked}
        remark={remark}
        search={search}
      />
    );
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
    expect(rowOf({}, { width: 160 })).toMatch(
      /2026-03-01 10:00 {2}2026-03-02 11:00 {2}never {13}01234567-89ab-cdef-0123-456789abcdef/,
    );
    expect(rowOf({ lastLoginAt: '2026-03-03T12:34:56.000000Z' }, { width: 160 })).toContain(
      '2026-03-03 12:34',
    );
  });

  test('keeps its cells whatever is marked, found or remarked on', () => {
    const plain = rowOf({});
    for (const username of ['ada', 'a'.repeat(64), '日本語'.repeat(20)])
      for (const more of [
        { isMarked: true },
        { remark: '! waits 12 min' },
        { search: 'a' },
        { search: '本' },
      ]) {
        const row = rowOf({ username }, more);
        expect(widthOf(row.trimEnd())).toBe(widthOf(plain.trimEnd()));
        expect(row).toContain(more.remark ?? '');
        expect(row.startsWith(more.isMarked ? ' *' : '  ')).toBe(true);
      }
  });
});

describe('the heads of the columns', () => {
  test.each(userSorts)('sorted by %s one arrow shows it, and no head moves', sort => {
    for (const width of [80, 120, 200]) {
      const plan = planTable(width);
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
