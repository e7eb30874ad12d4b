import { test } from 'vitest';
import { tryRandomKeys } from '../support/random-keys.ts';

test(
  'no keys in any order end the console, break it or take the last superuser away',
  {
    timeout: 900_000,
  },
  () => tryRandomKeys(1000),
);
