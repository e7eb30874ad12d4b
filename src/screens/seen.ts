import type { Console } from './console.ts';
import { uncovered } from './layer.ts';

/** Tells each layer when it is hidden, by a whole screen above it or by the lock screen, and when it is seen again. */
export const tellSeen = ({ layers, shown }: Pick<Console, 'layers' | 'shown'>): (() => void) =>
  shown.subscribe(() => {
    const seen = uncovered(shown.get());
    for (const layer of layers.get()) layer.seen?.(seen.includes(layer));
  });
