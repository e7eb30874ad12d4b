import { copyToClipboard } from './clipboard.ts';
import type { Console } from './console.ts';
import { Dialog, Lines, linesOf } from './dialog.tsx';
import { commandKeys, shownKey } from './keymap.ts';
import type { Layer, Size } from './layer.ts';
import { derived } from './observable.ts';
import { runByKeys } from './run-by-keys.ts';
import { spokenKey } from './spoken.ts';
import { useSymbols } from './symbols.ts';

export type CommandOptions = {
  /** What the command does. */
  title: string;
  /** The keys that do it in the console. */
  keys?: readonly string[];
  command: string | undefined;
  /** What is said where there is no command. */
  instead?: string | undefined;
  /** Why the console cannot do it now. */
  whyNot?: string | undefined;
};

/** Shows the command that does the same as an action of the console, and copies it. */
export const openCommand = (console: Console, options: CommandOptions): void => {
  const { command } = options;
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
    spoken: derived([], () => ({
      title: commandTitle(options),
      about: aboutLines(options),
      toCopy: command,
    })),
    view: size => <Command options={options} size={size} />,
  };
  console.open(layer);
};

const commandTitle = ({ title, keys = [] }: CommandOptions): string =>
  [keys.map(spokenKey).join(' or '), title].filter(Boolean).join(' ');

const noCommand = 'There is no one command that does the same';

const aboutLines = ({ command, whyNot, instead = noCommand }: CommandOptions): string[] => [
  ...(whyNot ? [`Not now: ${whyNot}.`, ''] : []),
  command ? 'In a shell this does the same:' : `${instead}.`,
];

const Command = ({ options, size }: { options: CommandOptions; size: Size }) => {
  const symbols = useSymbols();
  const { title, keys = [], command } = options;
  const shownKeys = keys.map(key => shownKey(key, symbols)).join(' ');
  const lines = linesOf([...aboutLines(options), ...(command ? ['', command] : [])], size);
  return (
    <Dialog size={size} title={[shownKeys, title].filter(Boolean).join('  ')} lines={lines.length}>
      <Lines lines={lines} />
    </Dialog>
  );
};
