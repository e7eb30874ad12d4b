import { expect, test, vi } from 'vitest';
import { createCollector } from '../../src/terminals/collect.ts';

test('what sessions leave behind is let go when half of them have ended, though nothing else happens', {
  timeout: 20_000,
}, async () => {
  const noticed = createCollector();
  const held: object[] = [];
  for (let open = 1; open <= 12; open += 1) {
    held.push({ rows: Array.from({ length: 1000 }, () => ({})) });
    noticed(open);
  }
  const left = held.map(session => new WeakRef(session));
  for (let open = 11; open >= 6; open -= 1) {
    held.pop();
    noticed(open);
  }
  await vi.waitFor(() => expect(left.filter(session => session.deref()).length).toBe(6), { timeout: 15_000 });
});
