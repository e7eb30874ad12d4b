import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { type Flags, loadSettings } from '../../src/settings.ts';

/** Reads settings in a working directory of this test file's own, which is gone at the end. */
export const settingsHere = () => {
  const cwd = mkdtempSync(join(tmpdir(), 'langinfra-'));
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));
  const load = (env: NodeJS.ProcessEnv = {}, flags: Flags = {}) => loadSettings(flags, env, cwd);

  return {
    cwd,
    load,
    /** A file of the working directory, private unless a mode says otherwise. */
    file: (name: string, content: string, mode = 0o600): string => {
      const path = join(cwd, name);
      writeFileSync(path, content);
      chmodSync(path, mode);
      return path;
    },
    /** The sentence of the refusal, which always is bad_setting, exit 2. */
    refusal: (env: NodeJS.ProcessEnv, flags: Flags = {}): string => {
      try {
        load(env, flags);
      } catch (error) {
        expect(error).toMatchObject({ code: 'bad_setting', exit: 2 });
        return (error as Error).message;
      }
      throw new Error('accepted');
    },
  };
};
