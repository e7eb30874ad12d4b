import type { ArgumentsCamelCase, Argv } from 'yargs';
import type { Accounts } from '../../accounts/accounts.ts';
import { userRecord } from '../../accounts/user-json.ts';
import { Refusal } from '../../refusal.ts';
import { type UserFilter, userFilters } from '../../store/user-filters.ts';
import type { PlacedUser } from '../../store/user-lists.ts';
import { type UserSort, userSorts } from '../../store/user-order.ts';
import type { User } from '../../store/users.ts';
import { fit, grouped, minute, printable, widthOf } from '../../text.ts';
import { json, outputOf } from '../output.ts';
import { type CommonFlags, withWorldOf } from '../with-world.ts';

type Flags = CommonFlags & {
  json: boolean;
  search?: string;
  filter?: UserFilter;
  sort: UserSort;
  order: 'asc' | 'desc';
  limit?: number;
  all: boolean;
};

/** Users that are shown unless somebody says how many. */
const usual = 50;
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
    .option('limit', {
      type: 'number',
      requiresArg: true,
      describe: `at most so many users; ${usual} where it is not said`,
    })
    .option('all', { type: 'boolean', default: false, describe: 'every user, however many' })
    .example('$0 users list --search ada', 'users with ada in the name')
    .example('$0 users list --all --json', 'everybody, for a script');

export const handler = (flags: ArgumentsCamelCase<Flags>): Promise<void> => {
  const { limit: most = usual, all } = flags;
  if (!Number.isInteger(most) || most < 1)
    throw new Refusal('wrong_use', { sentence: '--limit is a whole number of at least 1' });
  if (all && flags.limit !== undefined)
    throw new Refusal('wrong_use', { sentence: 'Give --all or --limit, not both' });
  return withWorldOf(flags, { create: false }, async ({ accounts, operator }) => {
    const { resultPart, note } = outputOf(flags);
    const { search, filter, sort, order } = flags;
    const query = { search, filter, sort, order };
    const limit = all ? Number.POSITIVE_INFINITY : most;
    const total = await accounts.users.count(operator, query);
    const { head, rows, tail } = flags.json ? jsonText(total) : tableText(remarkOn(accounts));
    if (!(await resultPart(head))) return;
    let left = Math.min(limit, total);
    let last: PlacedUser | undefined;
    do {
      const start = last ? { after: last.place } : 'start';
      const page = await accounts.users.page(operator, query, start, Math.min(left, pageSize));
      if (!(await resultPart(rows(page)))) return;
      last = page.at(-1);
      left -= page.length;
    } while (last && left > 0);
    await resultPart(tail);
    if (!flags.json && limit < total)
      note(`${grouped(limit)} of ${grouped(total)} users. For the others: --limit or --all`);
  });
};

/** A list as text, page by page: a million users need no memory. */
type ListText = { head: string; rows: (users: readonly PlacedUser[]) => string; tail: string };

/** One document. */
const jsonText = (total: number): ListText => {
  let separator = '';
  const row = ({ user }: PlacedUser): string => {
    const text = `${separator}\n    ${json(userRecord(user), 0)}`;
    separator = ',';
    return text;
  };
  return {
    head: `{\n  "total_count": ${total},\n  "users": [`,
    rows: users => users.map(row).join(''),
    tail: '\n  ]\n}\n',
  };
};

const headings = ['USERNAME', 'ACTIVE', 'SUPERUSER', 'CREATED (UTC)', 'LAST LOGIN (UTC)', 'REMARK'] as const;

const remarkOn =
  (accounts: Accounts) =>
  (placed: PlacedUser): string =>
    [accounts.isDoubtful(placed) ? 'doubtful name' : '', accounts.remarkOn(placed.user)]
      .filter(Boolean)
      .join(', ');

const tableText = (remarkOn: (placed: PlacedUser) => string): ListText => {
  let nameWidth = 0;
  return {
    head: '',
    rows: users => {
      const lines = users.map(placed => cellsOf(placed.user, remarkOn(placed)));
      if (nameWidth === 0) {
        lines.unshift(headings);
        nameWidth = Math.max(...lines.map(([name = '']) => widthOf(name)));
      }
      return lines.map(cells => line(cells, nameWidth)).join('');
    },
    tail: '',
  };
};

const cellsOf = (user: User, remark: string): readonly string[] => [
  printable(user.username),
  user.isActive ? 'yes' : 'no',
  user.isSuperuser ? 'yes' : 'no',
  minute(user.createdAt),
  user.lastLoginAt ? minute(user.lastLoginAt) : 'never',
  remark,
];

const line = (cells: readonly string[], nameWidth: number): string => {
  const [name = '', active = '', superuser = '', created = '', login = '', remark = ''] = cells;
  // A later page may hold a longer name: its line is longer then, and nothing is cut.
  const padded = widthOf(name) < nameWidth ? fit(name, nameWidth) : name;
  const columns = [padded, fit(active, 6), fit(superuser, 9), fit(created, 16), fit(login, 16), remark];
  return `${columns.join('  ').trimEnd()}\n`;
};
