import { caseFold } from '../text.ts';

/** From where to where a part of a text goes. */
export type Span = readonly [from: number, to: number];

/** Where a text has what was searched in it, as the search sees it: without regard to case. */
export const foundIn = (text: string, search: string): Span | undefined => {
  if (search === '') return undefined;
  const wanted = caseFold(search);
  // Folding may change the number of characters: `ß` is searched as `ss`.
  const starts: number[] = [];
  let folded = '';
  let at = 0;
  for (const character of text) {
    const fold = caseFold(character);
    for (let index = 0; index < fold.length; index += 1) starts.push(at);
    folded += fold;
    at += character.length;
  }
  starts.push(at);
  const found = folded.indexOf(wanted);
  if (found < 0) return undefined;
  const last = starts[found + wanted.length - 1] ?? 0;
  const [from = 0, to = at] = [
    starts[found],
    starts.slice(found + wanted.length).find(start => start > last),
  ];
  return [from, to];
};
