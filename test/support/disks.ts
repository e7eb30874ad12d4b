import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const mount = (...args: string[]): boolean => spawnSync('mount', args).status === 0;

/** A disk of its own, of so many bytes; undefined where this user may not mount one. */
export const smallDisk = (bytes: number) => {
  const path = mkdtempSync(join(tmpdir(), 'langinfra-disk-'));
  if (!mount('-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'tmpfs', path)) {
    rmSync(path, { recursive: true });
    return undefined;
  }
  const [filler, spared] = [join(path, 'filler'), join(path, 'spared')];
  return {
    path,
    /** Takes every byte that is left but so many. */
    fill: (left: number) => {
      writeFileSync(spared, Buffer.alloc(left));
      const file = openSync(filler, 'a');
      try {
        for (let size = 65_536; size >= 1; size = Math.floor(size / 2)) {
          try {
            for (;;) writeSync(file, Buffer.alloc(size));
          } catch {
            // So much does not fit any more; less may.
          }
        }
      } finally {
        closeSync(file);
        rmSync(spared);
      }
    },
    makeRoom: () => rmSync(filler, { force: true }),
    /** From now on nothing can be written, or again everything. Gives false while a program holds a file open to write. */
    setReadOnly: (isReadOnly: boolean): boolean => mount('-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, path),
    [Symbol.dispose]: () => {
      spawnSync('umount', ['-l', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
};

/** Whether this user may mount disks: root may, but not in every container. */
export const canMount = ((): boolean => {
  using disk = smallDisk(65_536);
  return disk !== undefined;
})();

/** What the name of a test says that needs a disk, and is left out. */
export const needsDisk = canMount ? '' : ' (skipped: needs the right to mount a small disk)';
