import { describe, test } from 'vitest';
import { otherProcess, rawDatabase, temporaryStore } from '../support/store.ts';

// One of them mostly waits, so both run at once.
describe.concurrent('two processes on one database', () => {
  test('that write 500 times each at once lose nothing, and neither is told that it is busy', async ({
    expect,
  }) => {
    await using db = await temporaryStore();
    const processes = [otherProcess('count-up', db.url, '500'), otherProcess('count-up', db.url, '500')];
    await Promise.all(processes.map(({ ready }) => ready));
    for (const { go } of processes) go();
    await Promise.all(processes.map(({ done }) => done));
    expect(await db.store.read.meta.get('env_file')).toBe('1000');
  }, 30_000);

  test('a write waits while another program holds it, and after five seconds says it is busy', async ({
    expect,
  }) => {
    await using db = await temporaryStore();
    await using holder = await rawDatabase(db.path);
    await holder.exec('begin immediate');
    const begun = Date.now();
    const refused = db.store.write(tx => tx.meta.set('env_file', 'x'));
    await expect(refused).rejects.toMatchObject({
      code: 'database_busy',
      exit: 7,
      http: 503,
      message: expect.stringContaining(db.path),
    });
    expect(Date.now() - begun).toBeGreaterThan(4_000);
    // Reading goes on all the while.
    expect(await db.store.read.meta.get('env_file')).toBeUndefined();

    const waiting = db.store.write(tx => tx.meta.set('env_file', 'y'));
    await holder.exec('commit');
    await waiting;
    expect(await db.store.read.meta.get('env_file')).toBe('y');
  }, 20_000);

  test('all that wait in line behind another program are told in the same moment, and the next one writes', async ({
    expect,
  }) => {
    await using db = await temporaryStore();
    await using holder = await rawDatabase(db.path);
    await holder.exec('begin immediate');
    const write = () => db.store.write(tx => tx.meta.set('env_file', 'x'));
    const told: number[] = [];
    const refused = ['first', 'second', 'third', 'fourth'].map(async () => {
      await expect(write()).rejects.toMatchObject({
        code: 'database_busy',
        message: expect.stringContaining(db.path),
      });
      told.push(performance.now());
    });
    await Promise.all(refused);
    // In turn, each would wait its own five seconds.
    expect(Math.max(...told) - Math.min(...told)).toBeLessThan(4_000);
    await holder.exec('commit');
    await write();
    expect(await db.store.read.meta.get('env_file')).toBe('x');
  }, 30_000);
});
