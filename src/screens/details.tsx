import { Text } from 'ink';
import { dashed } from '../accounts/user-json.ts';
import type { User } from '../store/users.ts';
import { minute, printable } from '../text.ts';
import type { AdminChanges } from './admin-changes.ts';
import { copyToClipboard } from './clipboard.ts';
import { type Console, runByKeys } from './console.ts';
import { Dialog, dialogWidth, linesOf } from './dialog.tsx';
import { KeyHints } from './frame.tsx';
import { detailsKeys } from './keymap.ts';
import type { Layer, Size } from './layer.ts';
import { useObservable } from './observable.ts';
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
  const then = (work: (user: User) => void) => (): void => {
    console.close(layer);
    work(opened);
  };
  const layer: Layer = {
    ...runByKeys(console, detailsKeys, {
      edit: then(changes.edit),
      resetPassword: then(changes.resetPassword),
      remove: then(changes.remove),
      copy: () => copyToClipboard(console, opened.username),
      back: () => console.close(layer),
    }),
    view: size => <Details console={console} list={list} opened={opened} size={size} />,
  };
  console.open(layer);
};

type DetailsProps = { console: Console; list: UserList; opened: User; size: Size };

const Details = ({ console, list, opened, size }: DetailsProps) => {
  // As the list holds it now: somebody else may change the user while it is looked at.
  const held = useObservable(list.state).list.users.find(({ user }) => user.id === opened.id);
  const user = held?.user ?? opened;
  const why = console.accounts.whySignIn(user);
  return (
    <Dialog size={size} title={printable(user.username)} lines={fields.length + linesOf(why, size) + 3}>
      {fields.map(([label, textOf]) => (
        <Text key={label} wrap="truncate">
          {label.padEnd(12)}
          {textOf(user)}
        </Text>
      ))}
      <Text> </Text>
      {why.map(sentence => (
        <Text key={sentence}>{sentence}</Text>
      ))}
      <Text> </Text>
      <KeyHints keymap={detailsKeys} width={dialogWidth(size)} />
    </Dialog>
  );
};
