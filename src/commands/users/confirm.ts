import { Refusal } from '../../refusal.ts';
import { createTerminalAsker } from '../ask.ts';

/** Asks on the terminal. Throws stopped unless the answer is y. */
export const confirm = async (question: string): Promise<void> => {
  const asker = createTerminalAsker();
  try {
    if (!(await asker.confirm(question))) throw new Refusal('stopped');
  } finally {
    asker.close();
  }
};
