import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { servingRisks, whyNotServe } from '../../src/accounts/bootstrap.ts';
import { Refusal } from '../../src/refusal.ts';
import { loadSettings } from '../../src/settings.ts';
import { cli, repository } from '../support/program.ts';
import { pathOf } from './manager.ts';

const read = (path: string) => readFileSync(join(repository, path), 'utf8');
const unit = read('deploy/langinfra.service');
/** What the unit says of an option, as often as it does. */
const said = (option: string) =>
  [...unit.matchAll(new RegExp(`^${option}=(.*)$`, 'gm'))].map(([, value]) => value);

describe('deploy/langinfra.service', () => {
  let place: string;
  /** The unit as it would be on a machine where the program is installed. */
  let installed: string;
  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), 'langinfra-unit-'));
    installed = join(place, 'langinfra.service');
    writeFileSync(installed, unit.replace('ExecStart=/usr/local/bin/langinfra ', `ExecStart=${cli} `));
  });
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  const analyze = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(pathOf('systemd-analyze', 'systemd'), args, {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, SYSTEMD_PAGER: 'cat' },
    });
    return { status, stdout, stderr };
  };

  test('is understood by systemd, line by line', () => {
    const { status, stdout, stderr } = analyze('verify', '--man=no', installed);
    // It reads the units of this machine, too, and may have something to say of them.
    const about = `${stdout}${stderr}`.split('\n').filter(line => line.includes('langinfra'));
    expect({ status, about }).toEqual({ status: 0, about: [] });
  });

  test('leaves the service less than 1.5 of 10 that systemd calls exposed', () => {
    const { status, stdout } = analyze('security', '--offline=true', '--threshold=15', installed);
    expect(status, stdout).toBe(0);
    expect(stdout).toMatch(/Overall exposure level for langinfra\.service: [01]\.\d/);
  });

  test('starts headless mode, with the file of settings', () => {
    expect(said('ExecStart')).toEqual([
      '/usr/local/bin/langinfra run --headless --env-file /etc/langinfra/langinfra.env',
    ]);
  });

  test('does not start again what a restart cannot mend', () => {
    const hopeless = [
      new Refusal('bad_setting', { sentence: '' }),
      new Refusal('superuser_is_none', { username: 'ada', isActive: true }),
      new Refusal('secret_key_mismatch', { remedies: '' }),
    ];
    const codes = [...new Set(hopeless.map(({ exit }) => exit))].join(' ');
    expect(said('RestartPreventExitStatus')).toEqual([codes]);
  });
});

test('deploy/langinfra.env serves behind a proxy on this machine, and nothing in it is to be warned of', () => {
  const settings = loadSettings({ envFile: join(repository, 'deploy', 'langinfra.env') }, {});
  const exposed = /^Others can read /;
  expect(settings.warnings.filter(warning => !exposed.test(warning))).toEqual([]);
  expect(settings).toMatchObject({ autoLogin: false, configDir: said('WorkingDirectory')[0] });
  expect(whyNotServe(settings)).toBeUndefined();
  expect(servingRisks(settings)).toEqual([]);
});
