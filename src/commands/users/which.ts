import type { Argv } from 'yargs';
import type { BulkAction } from '../../accounts/bulk-plan.ts';
import { Refusal } from '../../refusal.ts';
import { type UserFilter, type UserMatch, userFilters } from '../../store/user-filters.ts';
import { asWritten } from '../words.ts';
import type { ChangeFlags } from './common.ts';

export type WhichFlags = Omit<ChangeFlags, 'name'> & {
  names?: readonly string[] | undefined;
  filter?: UserFilter | 'all' | undefined;
  search?: string | undefined;
  yes: boolean;
};

/** One user by name, several, or all that match. */
export type Which = { name: string } | { names: readonly string[] } | { match: UserMatch };

export const builder =
  (action: BulkAction) =>
  <T>(yargs: Argv<T>) =>
    yargs
      // Without duplicates yargs keeps the last of several names only; of an option the last one still counts.
      .parserConfiguration({ 'duplicate-arguments-array': true, 'dot-notation': false })
      .coerce(['env-file', 'filter', 'search'], lastOf)
      .positional('names', {
        type: 'string',
        array: true,
        describe: 'the usernames; -- before those that begin with a dash',
        coerce: (names: readonly string[]) => names.map(asWritten),
      })
      .option('filter', {
        choices: ['all', ...userFilters] as const,
        describe: 'instead of names: all these users',
      })
      .option('search', {
        type: 'string',
        requiresArg: true,
        describe: 'instead of names: all with this in the name, of those that --filter leaves',
      })
      .option('yes', {
        type: 'boolean',
        alias: 'y',
        default: false,
        describe: 'do not ask; for several users without a terminal it has to be said',
      })
      .example(`$0 users ${action} ada`, 'one user')
      .example(`$0 users ${action} ada bob`, 'shows what would be done with them and asks')
      .example(`$0 users ${action} --filter ${examples[action]} --yes`, 'all of them, without a question')
      .example(`$0 users ${action} --search test --dry-run`, 'only shows what would be done');

const lastOf = (given: unknown): unknown => (Array.isArray(given) ? given.at(-1) : given);

const examples: Record<BulkAction, UserFilter> = {
  activate: 'pending',
  deactivate: 'active',
  promote: 'active',
  demote: 'superuser',
  delete: 'inactive',
};

/** Whom the flags mean. Throws wrong_use. */
export const whichOf = ({
  names = [],
  filter,
  search,
}: Omit<WhichFlags, 'json' | 'dryRun' | 'yes'>): Which => {
  const [name, ...others] = new Set(names);
  const isMatch = filter !== undefined || search !== undefined;
  if (name !== undefined) {
    if (isMatch) throw wrong('Say names, or --filter and --search, but not both');
    return others.length > 0 ? { names: [name, ...others] } : { name };
  }
  if (!isMatch) throw wrong('Say whom: names, --filter or --search');
  // What a script's unset variable gives, and not a wish to change everybody.
  if (search === '') throw wrong('--search is empty. For everybody say --filter all');
  return { match: { search, filter: filter === 'all' ? undefined : filter } };
};

const wrong = (sentence: string): Refusal => new Refusal('wrong_use', { sentence });
