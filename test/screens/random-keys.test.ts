import fc from 'fast-check';
import { expect, test } from 'vitest';
import { superusersOf, usual } from '../support/accounts.ts';
import { keys, openTestConsole, signInAs } from '../support/console.tsx';
import { openAdminPage } from '../support/screens.ts';

const { ctrl } = keys;

/** Everything a keyboard has but the two ways out: q and ctrl-c. */
const named = Object.values(keys).filter(key => typeof key === 'string');
const letters = [...'abcdefghijklmnoprstuvwxyzAGOVY0129/?:*-_ é日🦜'];
const controls = [...'abdefghjklmnopqrstuvwxyz'].map(ctrl);
const pasted = ['ada', usual, 'a\rb', '\x1b[31m', '日本'].map(keys.paste);
const anyKey = fc.oneof(
  fc.constantFrom(...named),
  fc.constantFrom(...letters),
  fc.constantFrom(...controls),
  fc.constantFrom(...pasted),
  // What changes something, more often than chance would have it.
  fc.constantFrom('a', 's', ' ', 'd', 'y', 'u', 'j', 'k', keys.enter, keys.tab),
);
/** In reads of one to five keys, 30 keys in all. */
const reads = fc.array(anyKey, { minLength: 30, maxLength: 30 }).chain(all =>
  fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 30, maxLength: 30 }).map(sizes => {
    const left = [...all];
    return sizes.map(size => left.splice(0, size).join('')).filter(read => read !== '');
  }),
);

const hostile = [
  'b\x1b[2J',
  'b\r\nroot',
  'b\u202e',
  '日'.repeat(64),
  `b${'\u0336'.repeat(40)}`,
  '',
  ' ',
  'b\x1b]0;x\x07',
];

test('no keys in any order end the console, break it or take the last superuser away', {
  timeout: 30_000,
}, async () => {
  await using page = await openAdminPage({ users: ['ada', 'bob'], listed: hostile });
  const { t, root } = page;
  // Keys may give root another name.
  const nameOfRoot = async () => (await t.find(root.id))?.username ?? '';
  await fc.assert(
    fc.asyncProperty(reads, async typed => {
      await using ui = await openTestConsole(t);
      await signInAs(ui, await nameOfRoot(), usual);
      await ui.sees('Admin Page');
      for (const read of typed) {
        ui.burst(read);
        await new Promise(resolve => setImmediate(resolve));
      }
      // What was begun gets its turn before this.
      await t.store.write(async () => {});
      // The help does what is chosen in it, to quit too.
      const outcome = ui.outcome() ?? {};
      expect(outcome.error).toBeUndefined();
      if (!/[?:]/.test(typed.join(''))) expect(ui.outcome()).toBeUndefined();
      expect(await superusersOf(t)).toBeGreaterThan(0);
      ui.burst(ctrl('c'));
      await ui.until(ui.outcome).toEqual({});
      expect(ui.terminal.buffer.active.type).toBe('normal');
    }),
    { numRuns: 60 },
  );
  expect(await t.signIn(await nameOfRoot())).toBeDefined();
});
