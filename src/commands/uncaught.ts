import type { Sessions } from '../terminals/sessions.ts';

/**
 * Where an error that nobody caught was thrown in a console, that one ends and the others go on. Rejects with any other, for
 * then nobody knows what is broken.
 */
export const uncaughtOutside = ({ blame }: Pick<Sessions, 'blame'>): Promise<never> =>
  new Promise((_, reject) => {
    const judge = (thrown: unknown): void => {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (!blame(error)) reject(error);
    };
    process.on('uncaughtException', judge);
    process.on('unhandledRejection', judge);
  });
