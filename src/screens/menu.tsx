import { ChoicesView, choicesSpoken, createChoices } from './choices.tsx';
import type { Console } from './console.ts';
import { Dialog, dialogWidth } from './dialog.tsx';
import { menuKeys } from './keymap.ts';
import type { Layer } from './layer.ts';
import type { Navigation } from './navigation.ts';
import { runByKeys } from './run-by-keys.ts';
import { spokenName } from './spoken.ts';

/** The profile menu: where else to go, and the way out. */
export const openMenu = (console: Console, go: Navigation): void => {
  const then = (work: () => void) => (): void => {
    console.close(layer);
    work();
  };
  const user = console.signedIn.get()?.user;
  const items = [
    { label: 'Profile', choose: then(go.profile) },
    ...(user?.isSuperuser
      ? [
          { label: 'Admin Page', choose: then(() => void go.adminPage()) },
          { label: 'Sessions', choose: then(go.sessions) },
          { label: 'Audit', choose: then(go.audit) },
        ]
      : []),
    { label: 'Lock', choose: then(console.lock) },
    { label: 'Sign out', choose: then(() => void go.signOut()) },
  ];
  const choices = createChoices(() => items);
  const layer: Layer = {
    ...runByKeys(console, menuKeys, {
      up: () => choices.move(-1),
      down: () => choices.move(1),
      choose: choices.choose,
      back: () => console.close(layer),
    }),
    view: size => (
      <Dialog size={size} title={user?.username ?? ''} lines={items.length}>
        <ChoicesView choices={choices} width={dialogWidth(size)} />
      </Dialog>
    ),
    spoken: choicesSpoken(choices, [], () => ({
      title: `Profile menu of ${spokenName(user?.username ?? '')}`,
    })),
  };
  console.open(layer);
};
