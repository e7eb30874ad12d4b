import { describe, expect, test } from 'vitest';
import { FieldValue } from '../../src/screens/form-view.tsx';
import { InfoLine } from '../../src/screens/info-line.tsx';
import { emptyList } from '../../src/screens/list-state.ts';
import { type Marks, noMarks, toggleAll, withMarks } from '../../src/screens/marks.ts';
import { textInput } from '../../src/screens/text-input.ts';
import { planTable } from '../../src/screens/user-table.tsx';
import { type UserMatch, userFilters } from '../../src/store/user-filters.ts';
import { userSorts } from '../../src/store/user-order.ts';
import type { User } from '../../src/store/users.ts';
import { widthOf } from '../../src/text.ts';
import { keys } from '../support/console.tsx';
import { openAdminPage, renderAt } from '../support/screens.ts';

const user = { id: '1', username: 'ada' } as User;

describe('the line above the users', () => {
  const million = {
    ...emptyList(19),
    rows: [{ user, place: [], looksAlike: false }],
    cursor: 0,
    before: 999_999,
  };
  const width = 80;
  const lineOf = (
    search: { typing: boolean; text: string },
    marks: Marks,
    query: UserMatch,
    sort: number,
  ) => {
    const state = {
      list: million,
      query: { ...query, sort: userSorts[sort] ?? 'username', order: 'asc' as const },
      total: 1_000_000,
    };
    const input = textInput(search.text);
    const line = (
      <InfoLine
        search={{ ...search, input }}
        state={state}
        marks={marks}
        plan={planTable(width)}
        width={width}
      />
    );
    return renderAt({ columns: width, rows: 24 }, line).lastFrame() ?? '';
  };
  const long = 'abcdefghijklmnopqrstuvwxyz'.repeat(2);
  const allOf = toggleAll(noMarks, { search: long, filter: 'superuser' });
  const marked: Record<string, Marks> = {
    nobody: noMarks,
    one: withMarks(noMarks, [user], true),
    all: toggleAll(noMarks, {}),
    'all of a long search': allOf,
    'all but one of a long search': withMarks(allOf, [user], false),
    'all of a wide search': toggleAll(noMarks, { search: '日本'.repeat(20) }),
  };

  test.each(Object.keys(marked))('has room for a search and for the whole position, marked %s', which => {
    const marks = marked[which] ?? noMarks;
    for (const filter of [undefined, ...userFilters])
      for (const sort of userSorts.keys()) {
        const typing = lineOf({ typing: true, text: long }, marks, { filter }, sort);
        const kept = lineOf({ typing: false, text: long }, marks, { filter, search: long }, sort);
        expect(typing).toMatch(/ \/[a-z]*stuvwxyz /);
        expect(kept).toMatch(/ \/abcdefgh/);
        for (const line of [typing, kept]) {
          expect(line).toMatch(/ 1,000,000 of 1,000,000$/);
          expect(line.includes('marked')).toBe(which !== 'nobody');
          expect(widthOf(line)).toBeLessThan(width);
        }
      }
  });

  test('shows what is typed beside all that a long search has marked', async () => {
    await using page = await openAdminPage();
    const { ui } = page;
    await ui.press(...'ffff/', 'a'.repeat(30), keys.enter, ...'*ooo', keys.esc, ...'/oo');
    await ui.sees(/^ only superusers \/oo +all su[\w./]+ marked · by Last login ↑ · 1 of 1$/m);
  });
});

describe('a field without room', () => {
  test.each([1, 0, -10])('of %s cells shows the caret at the most', room => {
    for (const text of ['', 'a', 'ab'.repeat(250), '日本'.repeat(100)])
      for (const hasFocus of [true, false]) {
        const input = textInput(text);
        const drawn = renderAt(
          { columns: 80, rows: 24 },
          <FieldValue input={input} masked={false} hasFocus={hasFocus} room={room} />,
        ).lastFrame();
        expect(widthOf(drawn ?? '')).toBeLessThanOrEqual(1);
      }
  });
});
