import type { Context } from './context.ts';
import { whyNotPassword } from './passwords.ts';

/** How well a password that may be set withstands guessing, and how many guesses or what rule says so, as words. */
export type Strength = { level: 'weak' | 'fair' | 'good' | 'strong'; because: string };

/** By zxcvbn's score: up to 10^6 guesses, 10^8, 10^10, and more (0 and 1 are both weak). */
const levels = ['weak', 'weak', 'fair', 'good', 'strong'] as const;
/** Readings of `p4$$w0rd` that are tried: 10 ms at most, in which no key is taken; zxcvbn's own 100 take 30. */
const mostReadings = 10;

/** Some 80 ms and 8 MB, the list of common passwords included; so it is not there before somebody types a password. */
const createEstimator = async () => {
  const [{ ZxcvbnFactory }, { dictionary, adjacencyGraphs }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ]);
  return new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, l33tMaxSubstitutions: mostReadings });
};

/** Gives a function that says how strong a password for that username is. It stores, hashes and logs nothing. */
export const createStrengthMeter = ({ settings }: Pick<Context, 'settings'>) => {
  let estimator: ReturnType<typeof createEstimator> | undefined;

  return async (password: string, username: string): Promise<Strength> => {
    const refusal = await whyNotPassword(password, username, settings.passwordMinLength);
    if (refusal) return { level: 'weak', because: refusal.message };
    estimator ??= createEstimator();
    const { score, guessesLog10 } = (await estimator).check(password.normalize('NFKC'), [
      username,
      'langinfra',
    ]);
    return { level: levels[score], because: `about 10^${Math.round(guessesLog10)} guesses` };
  };
};
