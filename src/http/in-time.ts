/** A database that has not answered by then, in milliseconds, serves nobody. */
const patience = 2000;

/**
 * What a question to the database gives. Throws its error, and an error of its own where nothing comes in time; then
 * the signal is aborted, too.
 */
export const inTime = async <T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const late = new AbortController();
  const tooLate = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new Error(`no answer within ${patience} ms`);
    tooLate.reject(error);
    late.abort(error);
  }, patience).unref();
  try {
    return await Promise.race([ask(late.signal), tooLate.promise]);
  } finally {
    clearTimeout(timer);
  }
};
