const names = ['SIGTERM', 'SIGINT'] as const;

/**
 * Resolves at the first one. A second signal, of either kind, finds no handler of ours and ends the process at once. Ink,
 * once a console is open, listens too: with the first signal it would do the same, if it found no handler beside its own.
 */
export const firstSignal = (): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const heard = (): void => {
    resolve();
    setImmediate(() => {
      for (const name of names) process.off(name, heard);
    });
  };
  for (const name of names) process.on(name, heard);
  return promise;
};
