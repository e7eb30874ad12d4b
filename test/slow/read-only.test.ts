import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { canMount, needsDisk, smallDisk } from '../support/disks.ts';
import { everythingIn, good, newcomer } from '../support/program.ts';
import { keys } from '../support/pty.ts';

describe.skipIf(!canMount)(`a read-only file system${needsDisk}`, () => {
  const prepare = async () => {
    const disk = smallDisk(4_000_000);
    if (!disk) throw new Error('mount worked a moment ago');
    const configDir = join(disk.path, 'langinfra');
    const me = newcomer({ LANGINFRA_CONFIG_DIR: configDir, LANGINFRA_AUTO_LOGIN: 'False' });
    await me.run(['superuser', '--username', 'root'], { input: good });
    await me.add('ada');
    return {
      disk,
      me,
      configDir,
      readOnly: `langinfra: The database ${configDir}/langinfra.db cannot be used: its file system is read-only, and even reading needs files beside it. Make it writable, or restore a backup elsewhere\n`,
      [Symbol.asyncDispose]: async () => {
        await me[Symbol.asyncDispose]();
        disk[Symbol.dispose]();
      },
    };
  };

  test('each command and headless mode say so in one sentence, and change nothing', async () => {
    await using t = await prepare();
    const { me, disk } = t;
    const backup = join(me.home, 'backup.db');
    expect(await me.run(['backup', backup])).toMatchObject({ code: 0 });
    expect(disk.setReadOnly(true)).toBe(true);
    const before = everythingIn(t.configDir);
    const commands = [
      ['superuser', '--username', 'eve'],
      ['users', 'list'],
      ['users', 'show', 'ada', '--json'],
      ['users', 'add', 'eve', '--generate'],
      ['users', 'deactivate', 'ada'],
      ['users', 'deactivate', 'ada', '--dry-run'],
      ['users', 'delete', 'ada', '--yes'],
      ['users', 'export'],
      ['sessions', 'list'],
      ['sessions', 'end', '--all', '--yes'],
      ['audit', 'list'],
      ['audit', 'verify'],
      ['why', 'ada'],
      ['check'],
      ['backup', join(me.home, 'second.db')],
      ['secret', 'rotate', '--yes'],
      ['run', '--headless'],
    ];
    for (const args of commands)
      expect(await me.run(args, { input: good }), args.join(' ')).toEqual({
        code: 7,
        stdout: '',
        stderr: t.readOnly,
      });
    const restored = await me.run(['restore', backup, '--yes']);
    expect(restored).toMatchObject({ code: 7, stdout: '' });
    expect(restored.stderr).toMatch(/^langinfra: [^\n]+: the file system is read-only\n$/);
    // What needs no database goes on.
    expect(await me.run(['config'])).toMatchObject({ code: 0 });
    expect(everythingIn(t.configDir)).toEqual(before);
    expect(readdirSync(me.home).filter(name => name.startsWith('second'))).toEqual([]);

    const there = join(me.home, 'elsewhere');
    const elsewhere = { LANGINFRA_DATABASE_URL: `sqlite:///${there}.db` };
    expect(await me.run(['restore', backup, '--yes'], { env: elsewhere })).toMatchObject({ code: 0 });
    expect((await me.run(['users', 'list'], { env: elsewhere })).stdout).toContain('ada');

    expect(disk.setReadOnly(false)).toBe(true);
    expect(await me.run(['users', 'deactivate', 'ada'])).toMatchObject({ code: 0 });
    expect(await me.run(['check'])).toMatchObject({ code: 0 });
  });

  test('a console says so too', async () => {
    await using t = await prepare();
    expect(t.disk.setReadOnly(true)).toBe(true);
    await using ui = t.me.terminal([], { columns: 200 });
    await ui.sees('its file system is read-only');
    expect(await ui.ended).toMatchObject({ code: 7 });
    expect(ui.bytes()).not.toContain(keys.esc);
  });
});
