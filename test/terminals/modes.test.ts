import { expect, test } from 'vitest';
import { createModes } from '../../src/terminals/modes.ts';

test('says again what is switched on and off, the last of each', () => {
  const modes = createModes();
  modes.watch('\x1b[?7l\x1b[?1049hhello\x1b[?25l');
  modes.watch('\x1b[31mred\x1b[?25h\x1b[?2004;1000h');
  modes.watch('\x1b[?25l');
  expect(modes.again()).toBe('\x1b[?7l\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?1000h');
});

test('but not what holds for one frame', () => {
  const modes = createModes();
  modes.watch('\x1b[?2026hframe\x1b[?2026l');
  expect(modes.again()).toBe('');
});
