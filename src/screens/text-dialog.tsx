import { Text } from 'ink';
import { type Console, runByKeys } from './console.ts';
import { Dialog, dialogWidth, linesOf } from './dialog.tsx';
import { KeyHints } from './frame.tsx';
import { textKeys } from './keymap.ts';
import type { Layer } from './layer.ts';

/** Shows sentences over the screen until they were read. */
export const openText = (console: Console, title: string, sentences: readonly string[]): void => {
  const layer: Layer = {
    ...runByKeys(console, textKeys, { back: () => console.close(layer) }),
    view: size => (
      <Dialog size={size} title={title} lines={linesOf(sentences, size) + 2}>
        {sentences.map(sentence => (
          <Text key={sentence}>{sentence}</Text>
        ))}
        <Text> </Text>
        <KeyHints keymap={textKeys} width={dialogWidth(size)} />
      </Dialog>
    ),
  };
  console.open(layer);
};
