import type { Console } from './console.ts';
import { actionOf } from './keymap.ts';
import type { Layer } from './layer.ts';
import type { Press } from './press.ts';
import { acknowledgeRecovery, whyNotAcknowledge } from './recoveries.ts';

/** The actions of a layer by name. */
export type Actions<Name extends string> = Record<Name, () => void>;

/** Makes `press`, `run`, `whyNot` and `command` of a layer from its actions: a key that can't act now says why. */
export const runByKeys = <Name extends string>(
  console: Pick<Console, 'say'>,
  keymap: Layer['keymap'],
  actions: Actions<Name>,
  whyNot: (action: Name) => string | undefined = () => undefined,
  command?: (action: Name) => string | undefined,
) => {
  const run = (action: string): void => {
    const reason = whyNot(action as Name);
    if (reason) console.say({ kind: 'refused', text: reason });
    else actions[action as Name]();
  };
  return {
    keymap,
    run,
    whyNot: (action: string) => whyNot(action as Name),
    ...(command && { command: (action: string) => command(action as Name) }),
    press: ({ name }: Press): void => {
      const action = actionOf(keymap, name);
      if (action) run(action);
    },
  };
};

/** The actions that every screen has, and why one of them cannot run. */
export const screenActions = (console: Console, openHelp: () => void) => ({
  actions: {
    undo: console.messages.undo,
    help: openHelp,
    lock: console.lock,
    acknowledge: () => acknowledgeRecovery(console),
    redraw: console.host.redraw,
    suspend: console.suspend,
    quit: () => console.host.quit(),
  },
  whyNot: (action: string): string | undefined => {
    if (action === 'acknowledge') return whyNotAcknowledge(console);
    return action === 'undo' && !console.messages.canUndo() ? 'There is nothing to undo' : undefined;
  },
});
