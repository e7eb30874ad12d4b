import { copyToClipboard } from './clipboard.ts';
import type { Console } from './console.ts';
import { Dialog, Lines, linesOf } from './dialog.tsx';
import { recoveryCodesKeys } from './keymap-codes.ts';
import type { Layer } from './layer.ts';
import { derived } from './observable.ts';
import { runByKeys } from './run-by-keys.ts';

const about = [
  'Each of these signs you in once, in place of a one-time code: for when the phone is lost.',
  'They are shown now and never again. Keep them elsewhere than your password.',
];

/** Shows new recovery codes, the only time that anybody sees them. */
export const openRecoveryCodes = (console: Console, codes: readonly string[]): void => {
  const layer: Layer = {
    ...runByKeys(console, recoveryCodesKeys, {
      copy: () => copyToClipboard(console, codes.join('\n'), 'The list of recovery codes'),
      back: () => console.close(layer),
    }),
    view: size => {
      const half = Math.ceil(codes.length / 2);
      const rows = codes.slice(0, half).map((code, at) => `  ${code}    ${codes[half + at] ?? ''}`);
      const lines = [...linesOf(about, size), '', ...rows];
      return (
        <Dialog size={size} title="Recovery Codes" lines={lines.length}>
          <Lines lines={lines} />
        </Dialog>
      );
    },
    spoken: derived([], () => ({ title: 'Recovery Codes', about, toCopy: codes.join(', ') })),
  };
  console.open(layer);
};

/** What is said to who signed in with a recovery code. */
export const recoveryCodeSpent = (left: number): string => {
  if (left === 0) return 'Signed in with the last recovery code. Make new ones in your Profile';
  return `Signed in with a recovery code; ${left === 1 ? '1 is' : `${left} are`} left`;
};
