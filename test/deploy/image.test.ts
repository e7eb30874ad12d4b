import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newcomer, repository } from '../support/program.ts';

const lines = readFileSync(join(repository, 'deploy', 'Dockerfile'), 'utf8')
  .replaceAll('\\\n', ' ')
  .split('\n');
/** What follows an instruction of the last stage, the one that is run; the last of several. */
const last = (instruction: string) =>
  lines
    .slice(lines.findLastIndex(line => line.startsWith('FROM ')))
    .findLast(line => line.startsWith(`${instruction} `))
    ?.slice(instruction.length)
    .trim();
/** What an instruction runs, without a shell that would keep signals to itself. */
const words = (text = ''): string[] => JSON.parse(text.slice(text.indexOf('[')));

test('what the Dockerfile copies is in the repository, and .dockerignore lets it through', () => {
  const copied = lines
    .filter(line => line.startsWith('COPY ') && !line.includes('--from='))
    .flatMap(line => line.split(' ').slice(1, -1));
  const letThrough = readFileSync(join(repository, '.dockerignore'), 'utf8').match(/^!.*$/gm) ?? [];
  expect(copied.length).toBeGreaterThan(0);
  expect(copied.filter(path => !existsSync(join(repository, path)))).toEqual([]);
  expect(letThrough.map(line => line.slice(1)).sort()).toEqual(copied.sort());
});

test('the image runs headless mode as a user of its own, and asks everybody for a password', () => {
  expect(last('USER')).toBe('langinfra');
  expect([...words(last('ENTRYPOINT')), ...words(last('CMD'))]).toEqual(['langinfra', 'run', '--headless']);
  expect(last('ENV')).toContain('LANGINFRA_AUTO_LOGIN=False');
  expect(last('ENV')).toContain(`LANGINFRA_CONFIG_DIR=${last('VOLUME')}`);
});

test('the health check tells a server that takes requests from one that is not there', async () => {
  await using me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False' });
  const check = (port: number) => {
    const [, ...args] = words(last('HEALTHCHECK'));
    const env = { LANGINFRA_PORT: String(port) };
    return spawnSync(process.execPath, args, { env, timeout: 20_000 }).status;
  };
  const server = await me.serve();
  expect(check(server.port)).toBe(0);
  server.signal('SIGTERM');
  await server.ended;
  expect(check(server.port)).toBe(1);
});
