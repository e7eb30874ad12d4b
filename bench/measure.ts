/** What was measured of one target: medians of its rounds, in milliseconds unless it says else. */
export type Sample = { label: string; values: number[] };

/** The value below which that share of the values lies. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/**
 * Measures several targets in turn, A B C A B C …, so that a machine that slows down slows all of them down. The first
 * round warms caches and does not count.
 */
export const inTurn = async (
  rounds: number,
  targets: Readonly<Record<string, () => Promise<number>>>,
): Promise<Record<string, number[]>> => {
  const values = Object.fromEntries(Object.keys(targets).map(label => [label, [] as number[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [label, measure] of Object.entries(targets)) {
      const value = await measure();
      if (round > 0) values[label]?.push(value);
    }
  }
  return values;
};

/** The median of the ratios of each round, which neighbours' noise touches least. */
export const ratioOf = (values: readonly number[], base: readonly number[]): number =>
  median(values.map((value, round) => value / (base[round] ?? Number.NaN)));

export type Row = { what: string; figure: string; goal: string; reached: boolean | undefined };

/** One line of the table that docs/performance.md has. */
export const row = (
  what: string,
  value: number,
  goal: { most?: number; least?: number; unit?: string },
): Row => {
  const { most, least, unit = '' } = goal;
  const shown = value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(2);
  const wanted =
    most !== undefined ? `at most ${most}${unit}` : least !== undefined ? `at least ${least}${unit}` : '';
  const reached = most !== undefined ? value <= most : least !== undefined ? value >= least : undefined;
  return { what, figure: `${shown}${unit}`, goal: wanted, reached };
};

export const printRows = (title: string, rows: readonly Row[]): void => {
  process.stdout.write(`\n### ${title}\n\n| What | Measured | Goal | Reached |\n|---|---|---|---|\n`);
  for (const { what, figure, goal, reached } of rows) {
    process.stdout.write(
      `| ${what} | ${figure} | ${goal} | ${reached === undefined ? '' : reached ? 'yes' : 'no'} |\n`,
    );
  }
};
