import { Refusal } from '../refusal.ts';
import type { Console } from './console.ts';

/**
 * Runs something as `attempt` does. Gives whether it was answered, for those who ask again where it was not: a database that
 * is busy or out of reach says nothing, and any other refusal is an answer, which would be the same again.
 */
export const answered = async (
  console: Pick<Console, 'attempt'>,
  work: () => Promise<void>,
): Promise<boolean> => {
  let isAnswered = true;
  await console.attempt(async () => {
    try {
      await work();
    } catch (error) {
      isAnswered = error instanceof Refusal && !error.code.startsWith('database_');
      throw error;
    }
  });
  return isAnswered;
};
