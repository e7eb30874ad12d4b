/** So many at a time; who comes later waits in line. */
export const createPlaces = (count: number) => {
  let left = count;
  const waiting: (() => void)[] = [];
  return {
    take: async (): Promise<void> => {
      if (left > 0) left -= 1;
      else await new Promise<void>(resolve => waiting.push(resolve));
    },
    give: (): void => {
      const next = waiting.shift();
      if (next) next();
      else left += 1;
    },
  };
};
