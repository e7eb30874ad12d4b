/**
 * Work that is never done twice at a time: asked for while it runs, it is done once more after it, for all who asked.
 * The promise resolves when nothing is left to do, with what the last time gave.
 */
export const onceMore = <Answer>(work: () => Promise<Answer>): (() => Promise<Answer>) => {
  let running: Promise<Answer> | undefined;
  let again = false;
  const run = async (): Promise<Answer> => {
    try {
      for (;;) {
        again = false;
        const answer = await work();
        if (!again) return answer;
      }
    } finally {
      // At once: asked for a moment later, it would be taken for part of this run, and not be done.
      running = undefined;
    }
  };
  return () => {
    again = true;
    running ??= run();
    return running;
  };
};
