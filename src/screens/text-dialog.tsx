import type { Console } from './console.ts';
import { Dialog, Lines, linesOf } from './dialog.tsx';
import { textKeys } from './keymap.ts';
import type { Layer } from './layer.ts';
import { derived } from './observable.ts';
import { runByKeys } from './run-by-keys.ts';

/** Shows sentences over the screen until they were read. */
export const openText = (console: Console, title: string, sentences: readonly string[]): void => {
  const layer: Layer = {
    ...runByKeys(console, textKeys, { back: () => console.close(layer) }),
    view: size => {
      const lines = linesOf(sentences, size);
      return (
        <Dialog size={size} title={title} lines={lines.length}>
          <Lines lines={lines} />
        </Dialog>
      );
    },
    spoken: derived([], () => ({ title, about: sentences })),
  };
  console.open(layer);
};
