import { printRows, quantile, type Row, row } from './measure.ts';
import { onTerminal, program, workplace } from './program.ts';
import { seeded } from './seed.ts';

const size = { cols: 120, rows: 45 };
const rounds = 20;

/** Searches that are typed letter by letter, and what the list has when the last one is answered. */
const searches: Record<string, { text: string; most?: number }> = {
  'a rare name, one match': { text: 'james.smith7a2', most: 16.7 },
  'a common name': { text: 'smith', most: 16.7 },
  'no match': { text: 'qqxj', most: 16.7 },
  'one common letter': { text: 'a', most: 16.7 },
  'two rare letters': { text: 'qq', most: 16.7 },
  'one rare letter': { text: 'j', most: 100 },
};

const namesOn = (lines: readonly string[]): string[] =>
  lines.flatMap(line => /^[› ] ([^ ]+) .*\[[ x]\]/.exec(line)?.[1] ?? []);

/** Row 6: from a letter that is typed into the search to the first bytes that draw it, and to its matches. */
export const searching = async (users: number): Promise<void> => {
  using place = workplace();
  const env = { ...place.env, LANGINFRA_DATABASE_URL: `sqlite:///${await seeded(users)}` };
  const console = onTerminal(process.execPath, [...program, 'run'], env, size);
  await console.shows('quit');
  const letters: number[] = [];
  const rows: Row[] = [];
  for (const [called, { text, most }] of Object.entries(searches)) {
    const answers: number[] = [];
    for (let round = -2; round < rounds; round += 1) {
      console.write('/');
      await console.quiet(200);
      for (let at = 1; at <= text.length; at += 1) {
        const typed = text.slice(0, at);
        const isAnswered = (lines: readonly string[]): boolean => {
          const names = namesOn(lines);
          // Of what stood there for the letters before, some would not match.
          return (
            lines.some(line => line.startsWith(` /${typed}`)) && names.every(name => name.includes(typed))
          );
        };
        const { first, all } = await console.pressUntil(typed.at(-1) ?? '', isAnswered);
        if (round < 0) continue;
        letters.push(first);
        if (at === text.length) answers.push(all);
      }
      console.write('\x1b');
      await console.quiet(300);
    }
    rows.push(
      row(`${called} (${text}), to its matches, p95`, quantile(answers, 0.95), {
        unit: ' ms',
        ...(most && { most }),
      }),
    );
  }
  await console.end();
  printRows(`A letter typed into the search, ${users.toLocaleString('en-US')} users`, [
    row('any letter, to the frame that shows it, p95', quantile(letters, 0.95), { most: 16.7, unit: ' ms' }),
    ...rows,
  ]);
};
