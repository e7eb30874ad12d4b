/** What the keys that move the cursor do, in any list. */
export const listMoves = (
  list: { move: (by: number) => void; jump: (edge: 'start' | 'end') => void },
  pageHeight: () => number,
) => ({
  up: () => list.move(-1),
  down: () => list.move(1),
  pageUp: () => list.move(-pageHeight()),
  pageDown: () => list.move(pageHeight()),
  first: () => list.jump('start'),
  last: () => list.jump('end'),
});
