import { Text } from 'ink';
import { dashed } from '../accounts/user-json.ts';
import type { User } from '../store/users.ts';
import { minute, printable } from '../text.ts';
import type { AdminChanges } from './admin-changes.ts';
import { copyToClipboard } from './clipboard.ts';
import type { Console } from './console.ts';
import { Dialog, Lines, linesOf } from './dialog.tsx';
import { detailsKeys } from './keymap.ts';
import type { Layer, Size } from './layer.ts';
import { useObservable } from './observable.ts';
import { runByKeys, screenActions } from './run-by-keys.ts';
import type { UserList } from './user-list.ts';

const yesNo = (flag: boolean): string => (flag ? 'yes' : 'no');
const time = (timestamp: string | null): string => (timestamp ? `${minute(timestamp)} UTC` : 'never');

const fields: readonly [string, (user: User) => string][] = [
  ['Active', user => yesNo(user.isActive)],
  ['Superuser', user => yesNo(user.isSuperuser)],
  ['Created', user => time(user.createdAt)],
  ['Updated', user => time(user.updatedAt)],
  ['Last login', user => time(user.lastLoginAt)],
  ['Id', user => dashed(user.id)],
  ['Version', user => String(user.version)],
];

/** Everything about a user, over the list; what can be done there can be done here. */
export const openDetails = (console: Console, list: UserList, opened: User, changes: AdminChanges): void => {
  const everywhere = screenActions(console, () => {});
  const layer: Layer = {
    ...runByKeys(
      console,
      detailsKeys,
      {
        edit: () => changes.edit(opened),
        resetPassword: () => changes.resetPassword(opened),
        remove: () => changes.remove(opened),
        copy: () => copyToClipboard(console, list.latest(opened).username),
        undo: everywhere.actions.undo,
        back: () => console.close(layer),
      },
      action =>
        action === 'edit' || action === 'resetPassword' || action === 'remove'
          ? changes.whyNot(opened, action)
          : everywhere.whyNot(action),
    ),
    view: size => <Details console={console} list={list} opened={opened} size={size} />,
    close: list.onGone(gone => {
      if (gone.id === opened.id) console.close(layer);
    }),
  };
  console.open(layer);
};

type DetailsProps = { console: Console; list: UserList; opened: User; size: Size };

const Details = ({ console, list, opened, size }: DetailsProps) => {
  // As the list holds it now: somebody else may change the user while it is looked at.
  useObservable(list.state);
  const user = list.latest(opened);
  const why = linesOf(console.accounts.whySignIn(user), size);
  return (
    <Dialog size={size} title={printable(user.username)} lines={fields.length + why.length + 1}>
      {fields.map(([label, textOf]) => (
        <Text key={label} wrap="truncate">
          {label.padEnd(12)}
          {textOf(user)}
        </Text>
      ))}
      <Text> </Text>
      <Lines lines={why} />
    </Dialog>
  );
};
