import type { ArgumentsCamelCase, Argv } from 'yargs';
import { userJson } from '../../accounts/user-json.ts';
import { Refusal } from '../../refusal.ts';
import { type UserFilter, userFilters } from '../../store/user-filters.ts';
import type { PlacedUser } from '../../store/user-lists.ts';
import { type UserSort, userSorts } from '../../store/user-order.ts';
import type { User } from '../../store/users.ts';
import { fit, grouped, minute, printable, widthOf } from '../../text.ts';
import { json, note, result } from '../output.ts';
import { type CommonFlags, settingsOf, withWorld } from '../with-world.ts';

type Flags = CommonFlags & {
  json: boolean;
  search?: string;
  filter?: UserFilter;
  sort: UserSort;
  order: 'asc' | 'desc';
  limit: number;
  all: boolean;
};

/** Users read at a time, however many are asked for. */
const pageSize = 1000;

export const builder = (yargs: Argv) =>
  yargs
    .option('search', { type: 'string', requiresArg: true, describe: 'a part of the username' })
    .option('filter', { choices: userFilters, describe: 'only these users' })
    .option('sort', { choices: userSorts, default: 'username', describe: 'the column to sort by' })
    .option('order', {
      choices: ['asc', 'desc'] as const,
      default: 'asc',
      describe: 'ascending or descending',
    })
    .option('limit', { type: 'number', default: 50, requiresArg: true, describe: 'at most so many users' })
    .option('all', { type: 'boolean', default: false, describe: 'every user, however many' })
    .example('$0 users list --search ada', 'users with ada in the name')
    .example('$0 users list --all --json', 'everybody, for a script');

export const handler = (flags: ArgumentsCamelCase<Flags>): Promise<void> => {
  if (!Number.isInteger(flags.limit) || flags.limit < 1) {
    throw new Refusal('wrong_use', { sentence: '--limit is a whole number of at least 1' });
  }
  return withWorld(settingsOf(flags), { create: false }, async ({ accounts, operator }) => {
    const { search, filter, sort, order } = flags;
    const query = { search, filter, sort, order };
    const limit = flags.all ? Number.POSITIVE_INFINITY : flags.limit;
    const total = await accounts.users.count(operator, query);
    const print = flags.json ? jsonPrinter(total) : tablePrinter();
    let left = Math.min(limit, total);
    let last: PlacedUser | undefined;
    do {
      const start = last ? { after: last.place } : 'start';
      const page = await accounts.users.page(operator, query, start, Math.min(left, pageSize));
      print.rows(page.map(({ user }) => user));
      last = page.at(-1);
      left -= page.length;
    } while (last && left > 0);
    print.end();
    if (!flags.json && limit < total)
      note(`${grouped(limit)} of ${grouped(total)} users. For the others: --limit or --all`);
  });
};

/** One document, written page by page so that a million users need no memory. */
const jsonPrinter = (total: number) => {
  let separator = '';
  process.stdout.write(`{\n  "total_count": ${total},\n  "users": [`);
  return {
    rows: (users: User[]) => {
      for (const user of users) {
        process.stdout.write(`${separator}\n    ${json(userJson(user), 0)}`);
        separator = ',';
      }
    },
    end: () => result('\n  ]\n}'),
  };
};

const headings = ['USERNAME', 'ACTIVE', 'SUPERUSER', 'CREATED (UTC)', 'LAST LOGIN (UTC)'] as const;

const tablePrinter = () => {
  let nameWidth = 0;
  return {
    rows: (users: User[]) => {
      const names = users.map(user => printable(user.username));
      if (nameWidth === 0) {
        nameWidth = Math.max(headings[0].length, ...names.map(widthOf));
        line(headings, nameWidth);
      }
      users.forEach((user, index) => {
        const login = user.lastLoginAt ? minute(user.lastLoginAt) : 'never';
        const [active, superuser] = [user.isActive, user.isSuperuser].map(flag => (flag ? 'yes' : 'no'));
        line([names[index] ?? '', active ?? '', superuser ?? '', minute(user.createdAt), login], nameWidth);
      });
    },
    end: () => {},
  };
};

const line = ([name, active, superuser, created, login]: readonly string[], nameWidth: number): void => {
  const username = name ?? '';
  // A later page may hold a longer name: its line is longer then, and nothing is cut.
  const padded = widthOf(username) < nameWidth ? fit(username, nameWidth) : username;
  result([padded, fit(active ?? '', 6), fit(superuser ?? '', 9), fit(created ?? '', 16), login].join('  '));
};
