import { expect, test } from 'vitest';
import { foundIn } from '../../src/screens/found-in.ts';

test.each([
  ['Ada', 'a', 'A'],
  ['Ada', 'DA', 'da'],
  ['Straße', 'SS', 'ß'],
  ['aße', 's', 'ß'],
  ['STRASSE', 'ß', 'SS'],
  ['Ὀδυσσεύς', 'ΕΎΣ', 'εύς'],
  ['日本語', '本', '本'],
  ['a👩‍🚀b', 'b', 'b'],
  ['Zoë', 'ZOË', 'Zoë'],
  ['ada', 'bob', undefined],
  ['ada', '', undefined],
])('in %s, %s finds %s', (text, search, found) => {
  const span = foundIn(text, search);
  expect(span && text.slice(...span)).toBe(found);
});
