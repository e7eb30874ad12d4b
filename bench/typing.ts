import { setTimeout } from 'node:timers/promises';
import type { Typist } from './door-clients.ts';

/** Has them type, each at its own moment and a key every so many milliseconds, until the work is done. */
export const whileTyping = async <Result>(
  typists: readonly Typist[],
  every: number,
  keys: (index: number) => string,
  work: () => Promise<Result>,
): Promise<Result> => {
  let isOver = false;
  const typing = typists.map(async (typist, at) => {
    await setTimeout((at / typists.length) * every);
    for (let index = 0; !isOver && typist.isOpen(); index += 1) {
      typist.write(keys(index));
      await setTimeout(every);
    }
  });
  const result = await work();
  isOver = true;
  await Promise.all(typing);
  return result;
};
