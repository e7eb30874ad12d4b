import { copyToClipboard } from './clipboard.ts';
import type { Console } from './console.ts';
import { Dialog, Lines, linesOf } from './dialog.tsx';
import { commandKeys } from './keymap.ts';
import type { Layer } from './layer.ts';
import { runByKeys } from './run-by-keys.ts';

export type CommandOptions = {
  /** What the command does. */
  title: string;
  command: string | undefined;
  /** Why the console cannot do it now. */
  whyNot?: string | undefined;
};

/** Shows the command that does the same as an action of the console, and copies it. */
export const openCommand = (console: Console, { title, command, whyNot }: CommandOptions): void => {
  const layer: Layer = {
    ...runByKeys(
      console,
      commandKeys,
      {
        copy: () => {
          if (command) copyToClipboard(console, command);
        },
        back: () => console.close(layer),
      },
      action => (action === 'copy' && !command ? 'There is no command to copy' : undefined),
    ),
    view: size => {
      const lines = linesOf(
        [
          ...(whyNot ? [`Not now: ${whyNot}.`, ''] : []),
          ...(command
            ? ['In a shell this does the same:', '', command]
            : ['There is no one command that does the same.']),
        ],
        size,
      );
      return (
        <Dialog size={size} title={title} lines={lines.length}>
          <Lines lines={lines} />
        </Dialog>
      );
    },
  };
  console.open(layer);
};
