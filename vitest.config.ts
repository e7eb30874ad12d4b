import { defineConfig } from 'vitest/config';

/** Colour and CI must not depend on the shell that runs the tests; a setting of the shell must not reach them. */
const env = { FORCE_COLOR: '0', NO_COLOR: '', CI: '', NODE_ENV: 'test' };

export default defineConfig({
  test: {
    env,
    // vitest leaves one core idle; much of a test is waiting for a child process or a disk.
    maxWorkers: 2,
    // A busy machine of somebody else's may let a wait run out once; what fails twice is broken. The report says which.
    retry: process.env.CI ? 1 : 0,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/e2e/**', 'test/slow/**', 'test/ssh/**', 'test/browser/**', 'test/deploy/**'],
        },
      },
      {
        extends: true,
        test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 30_000 },
      },
      {
        extends: true,
        test: { name: 'ssh', include: ['test/ssh/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'deploy',
          include: ['test/deploy/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: ['test/slow/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
