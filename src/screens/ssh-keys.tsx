import type { Actor } from '../accounts/actor.ts';
import type { SshKey } from '../store/ssh-keys.ts';
import type { User } from '../store/users.ts';
import { printable } from '../text.ts';
import { recordsCommand } from './as-command.ts';
import { ChoicesView, choicesSpoken, createChoices } from './choices.tsx';
import { openConfirm } from './confirm.tsx';
import type { Console } from './console.ts';
import { Dialog, dialogWidth } from './dialog.tsx';
import { fieldOf } from './form.ts';
import { openFormDialog } from './form-dialog.tsx';
import { menuKeys } from './keymap.ts';
import type { Layer } from './layer.ts';
import { observable, useObservable } from './observable.ts';
import { runByKeys } from './run-by-keys.ts';
import { currentPassword, saveOrCancel } from './user-forms.ts';

const title = 'SSH Keys';
const addKey = 'Add a key';

/** So many characters of a fingerprint are told from those of others at a look. */
const beginning = 20;

/** What a key is called: as its owner calls it, and by what its fingerprint begins with. */
const labelOf = ({ comment, type, fingerprint }: SshKey): string =>
  `${fingerprint.slice(0, beginning)}  ${printable(comment || type)}`;

/** The own public keys: what there is, one more, or one less. */
export const openSshKeys = async (console: Console, actor: Actor, user: User): Promise<void> => {
  const { sshKeys } = console.accounts;
  const keys = observable<readonly SshKey[]>(await sshKeys.list(actor, user.id));
  const read = async (): Promise<void> => keys.set(await sshKeys.list(actor, user.id));
  const choices = createChoices(() => [
    ...keys.get().map(key => ({ label: labelOf(key), choose: () => askToRemove(key) })),
    { label: addKey, choose: add },
  ]);

  const add = (): void =>
    openFormDialog(console, {
      title: 'Add an SSH Key',
      about: 'The public key, one line of a file like ~/.ssh/id_ed25519.pub:',
      items: [{ kind: 'text', name: 'key', label: 'Public Key' }, currentPassword, ...saveOrCancel],
      busyText: 'Saving...',
      itemOf: fieldOf,
      submit: async values => {
        const current = values.text('current');
        const { fingerprint } = await sshKeys.add(actor, user.id, values.text('key'), { current });
        await read();
        console.say({ kind: 'done', text: `You can sign in over SSH with ${fingerprint}` });
      },
    });

  const askToRemove = (key: SshKey): void =>
    openConfirm(console, {
      title: 'Remove an SSH Key',
      lines: [printable(key.comment || key.type), key.fingerprint, 'Nobody can sign in with it any more.'],
      yes: 'Remove',
      command: recordsCommand(console, ['users', 'keys', 'remove', user.username, key.fingerprint]),
      confirmed: () =>
        void console.attempt(async () => {
          await sshKeys.remove(actor, user.id, key.id);
          await read();
          choices.at.set(0);
          console.say({ kind: 'done', text: `${key.fingerprint} was removed` });
        }),
    });

  const layer: Layer = {
    ...runByKeys(console, menuKeys, {
      up: () => choices.move(-1),
      down: () => choices.move(1),
      choose: choices.choose,
      back: () => console.close(layer),
    }),
    view: size => <KeysView size={size} keys={keys} choices={choices} />,
    spoken: choicesSpoken(choices, [keys], () => ({ title })),
  };
  console.open(layer);
};

type KeysViewProps = {
  size: Parameters<Layer['view']>[0];
  keys: ReturnType<typeof observable<readonly SshKey[]>>;
  choices: ReturnType<typeof createChoices>;
};

const KeysView = ({ size, keys, choices }: KeysViewProps) => {
  const { length } = useObservable(keys);
  return (
    <Dialog size={size} title={title} lines={length + 1}>
      <ChoicesView choices={choices} width={dialogWidth(size)} />
    </Dialog>
  );
};
