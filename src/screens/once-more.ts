/**
 * Work that is never done twice at a time: asked for while it runs, it is done once more after it, for all who asked.
 * The promise resolves when nothing is left to do.
 */
export const onceMore = (work: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | undefined;
  let again = false;
  const run = async (): Promise<void> => {
    while (again) {
      again = false;
      await work();
    }
  };
  return () => {
    again = true;
    running ??= run().finally(() => {
      running = undefined;
    });
    return running;
  };
};
