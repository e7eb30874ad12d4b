/** What a client may send in each second. */
export type Pace = { messages: number; characters: number };

/** In milliseconds. */
const second = 1000;

/**
 * Hands messages on one after another, up to so many in a second. What is more waits for the next one, and the sender with
 * it, for nothing of it is read meanwhile: whoever sends without end holds up nobody else.
 */
export const createPace = (
  most: Pace,
  deliver: (text: string) => Promise<void>,
  sender: { pause: () => void; resume: () => void },
) => {
  const waiting: string[] = [];
  let left = { ...most };
  let refill: NodeJS.Timeout | undefined;
  let isDelivering = false;

  const drain = async (): Promise<void> => {
    if (isDelivering) return;
    isDelivering = true;
    while (waiting.length > 0 && left.messages > 0 && left.characters > 0) {
      const text = waiting.shift() ?? '';
      left.messages -= 1;
      left.characters -= text.length;
      await deliver(text);
    }
    isDelivering = false;
    if (waiting.length === 0) sender.resume();
  };

  /** Where nothing comes, nothing is counted. */
  const countAnew = (): void => {
    refill ??= setTimeout(() => {
      refill = undefined;
      left = { ...most };
      if (waiting.length > 0) countAnew();
      void drain();
    }, second);
  };

  return {
    take: (text: string): void => {
      countAnew();
      waiting.push(text);
      if (isDelivering || waiting.length > 1) sender.pause();
      void drain();
    },
    stop: (): void => {
      clearTimeout(refill);
      waiting.length = 0;
    },
  };
};
