/**
 * A text that a reload of the page finds again, and another tab does not. Where the browser keeps nothing for the site, it is
 * kept as long as the page is there.
 */
export const createKept = (name: string) => {
  let kept: string | undefined;
  const stored = <Result>(work: (storage: Storage) => Result): Result | undefined => {
    try {
      // The very name throws where site data is blocked.
      return work(sessionStorage);
    } catch {
      return undefined;
    }
  };
  return {
    get: (): string | undefined => kept ?? stored(storage => storage.getItem(name)) ?? undefined,
    set: (text: string): void => {
      kept = text;
      stored(storage => storage.setItem(name, text));
    },
    forget: (): void => {
      kept = undefined;
      stored(storage => storage.removeItem(name));
    },
  };
};
