import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Sample } from './prometheus.ts';

/** Looks so often whether the event loop is late, in milliseconds. */
const resolution = 20;

/** How late the event loop came, in seconds; quantile 1 is the longest. */
export const createLoopDelay = () => {
  const histogram = monitorEventLoopDelay({ resolution });
  const seconds = (quantile: number): number =>
    // Node records the whole time between two looks, in nanoseconds.
    Math.max(0, histogram.percentile(quantile * 100) - resolution * 1e6) / 1e9;
  return {
    /** Of the time since the last call. The first one gives nothing: it begins to look, which keeps an idle CPU awake. */
    read: (): Sample[] => {
      histogram.enable();
      const samples =
        histogram.count === 0
          ? []
          : [0.5, 0.99, 1].map(quantile => ({
              labels: { quantile: String(quantile) },
              value: seconds(quantile),
            }));
      histogram.reset();
      return samples;
    },
    stop: (): void => {
      histogram.disable();
    },
  };
};
