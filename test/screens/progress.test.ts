import { expect, test } from 'vitest';
import { openConsole } from '../../src/screens/open-console.tsx';
import { runWithProgress } from '../../src/screens/progress.tsx';
import { openAccounts } from '../support/accounts.ts';

test.each([
  ['is told of', true],
  ['is no news for who comes after them', false],
])('what is taken back %s', async (_, isStillThere) => {
  await using t = await openAccounts();
  await t.add('root', { isSuperuser: true });
  const host = {
    send: undefined,
    redraw: () => {},
    stop: undefined,
    overSsh: false,
    envFile: undefined,
    variables: {},
    quit: () => {},
  };
  const { console, close } = openConsole({
    accounts: t.accounts,
    host,
    size: { columns: 80, rows: 24 },
    notices: [],
  });
  console.signedIn.set(await t.signIn('root'));
  const taken = runWithProgress(console, {
    title: 'Undo',
    total: 2,
    run: ({ signal }) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  });
  if (!isStillThere) console.signedIn.set(undefined);
  console.layers.get().at(-1)?.takeBack?.();
  expect(await taken).toBeUndefined();
  expect(console.messages.shown.get()?.text).toBe(isStillThere ? 'Everything was taken back' : undefined);
  await close();
});
