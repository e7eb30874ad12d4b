import { test } from 'vitest';
import { tryRandomKeys } from '../support/random-keys.ts';

// A thousand more are tried by `npm run test:slow`.
test(
  'no keys in any order end the console, break it or take the last superuser away',
  {
    timeout: 60_000,
  },
  () => tryRandomKeys(30),
);
