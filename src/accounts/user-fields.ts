import type { ApiKey } from '../store/api-keys.ts';
import { grouped, minute, printable } from '../text.ts';
import type { UserDetails } from './list-users.ts';
import { doorName } from './session-words.ts';
import { dashed } from './user-json.ts';

/** So many folders and sessions are named; of the others, the number. */
const most = 3;

const yesNo = (flag: boolean): string => (flag ? 'yes' : 'no');
const time = (timestamp: string | null): string => (timestamp ? `${minute(timestamp)} UTC` : 'never');

/** Everything about a user but the name, as labels and lines: the same in the console and in `users show`. */
export const userFields = ({
  user,
  folders,
  sessions,
  apiKeys,
  oneTimeCodes,
}: UserDetails): [label: string, lines: string[]][] => [
  ['Active', [yesNo(user.isActive)]],
  ['Superuser', [yesNo(user.isSuperuser)]],
  // Of most users it is no news, and a line of the details is one of their history.
  ...(user.mustChangePassword ? [['Must change', ['yes']] as [string, string[]]] : []),
  ['Created', [time(user.createdAt)]],
  ['Updated', [time(user.updatedAt)]],
  ['Last login', [time(user.lastLoginAt)]],
  ['Id', [dashed(user.id)]],
  ['Version', [String(user.version)]],
  ['Folders', someOf(folders.map(name => printable(name)))],
  ['Sessions', someOf(sessions.map(session => `${doorName(session)}, since ${time(session.createdAt)}`))],
  ...secondStepOf(oneTimeCodes),
  ['API keys', [summaryOf(apiKeys)]],
];

const secondStepOf = (state: UserDetails['oneTimeCodes']): [label: string, lines: string[]][] =>
  state
    ? [
        [
          'Second step',
          [`one-time codes, since ${time(state.since)}; ${state.recoveryCodesLeft} recovery codes left`],
        ],
      ]
    : [];

const summaryOf = (keys: readonly ApiKey[]): string => {
  if (keys.length === 0) return 'none';
  const last = keys
    .flatMap(({ lastUsedAt }) => lastUsedAt ?? [])
    .sort()
    .at(-1);
  return `${keys.length}, ${last ? `last used ${time(last)}` : 'never used'}`;
};

const someOf = (all: readonly string[]): string[] => {
  if (all.length === 0) return ['none'];
  const more = all.length - most;
  return more > 0 ? [...all.slice(0, most), `and ${grouped(more)} more`] : [...all];
};
