import type { Actor } from '../accounts/actor.ts';
import type { SecondStepProof, SecondStepState } from '../accounts/second-step.ts';
import { Refusal, type RefusalCode } from '../refusal.ts';
import type { Choice } from './choices.tsx';
import type { Console } from './console.ts';
import { openEnrolment } from './enrolment.tsx';
import type { FormItem, FormValues } from './form.ts';
import { openFormDialog } from './form-dialog.tsx';
import { openRecoveryCodes } from './recovery-codes.tsx';
import { saveOrCancel } from './user-forms.ts';

const current: FormItem = { kind: 'text', name: 'current', label: 'Current Password', masked: true };
const code: FormItem = { kind: 'text', name: 'code', label: 'One-time code', isForOnce: true };

const itemOf = (refusal: RefusalCode): string | undefined => {
  if (refusal === 'current_password_wrong') return 'current';
  return refusal === 'one_time_code_wrong' ? 'code' : undefined;
};
const proofOf = (values: FormValues): SecondStepProof => ({
  code: values.text('code'),
  current: values.text('current'),
});

/** Undefined while it is not known. */
export type KnownSecondStep = { state: SecondStepState | undefined } | undefined;

/** What can be done with the own one-time codes, as choices of the Profile. */
export const secondStepChoices = (console: Console, actor: Actor, known: KnownSecondStep): Choice[] => {
  if (!known) return [];
  if (!known.state)
    return [
      { label: 'Set up one-time codes', choose: () => void console.attempt(() => setUp(console, actor)) },
    ];
  return [
    { label: 'New recovery codes', choose: () => openNewRecoveryCodes(console, actor) },
    { label: 'Turn off one-time codes', choose: () => openTurnOff(console, actor) },
  ];
};

/** The second step in a few words. */
export const secondStepWords = (state: SecondStepState | undefined): string => {
  if (!state) return 'none';
  const { recoveryCodesLeft: left } = state;
  return `one-time codes; ${left === 1 ? '1 recovery code' : `${left} recovery codes`} left`;
};

/** Just after a sign-in the password is not asked for again. */
const setUp = async (console: Console, actor: Actor): Promise<void> => {
  const { begin } = console.accounts.secondStep;
  try {
    await openEnrolment(console, await begin(actor));
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'current_password_missing') throw error;
    openFormDialog(console, {
      title: 'Set Up One-Time Codes',
      about: 'Signing in will need a code of your phone too. First your password:',
      items: [current, { kind: 'button', name: 'save', label: 'Go on' }, ...saveOrCancel.slice(1)],
      busyText: 'Checking...',
      submitsFromLast: true,
      emptiesMasked: true,
      itemOf,
      submit: async values => {
        const enrolment = await begin(actor, values.text('current'));
        return () => void console.attempt(() => openEnrolment(console, enrolment));
      },
    });
  }
};

const openTurnOff = (console: Console, actor: Actor): void =>
  openFormDialog(console, {
    title: 'Turn Off One-Time Codes',
    about: 'Your password will be enough to sign in. A recovery code does as well as a one-time code.',
    items: [code, current, { kind: 'button', name: 'save', label: 'Turn off' }, ...saveOrCancel.slice(1)],
    busyText: 'Saving...',
    itemOf,
    submit: async values => {
      await console.accounts.secondStep.turnOff(actor, proofOf(values));
      console.say({ kind: 'done', text: 'One-time codes are turned off' });
    },
  });

const openNewRecoveryCodes = (console: Console, actor: Actor): void =>
  openFormDialog(console, {
    title: 'New Recovery Codes',
    about: 'They take the place of those you have. One of these does as well as a one-time code here.',
    items: [code, current, { kind: 'button', name: 'save', label: 'Make them' }, ...saveOrCancel.slice(1)],
    busyText: 'Saving...',
    itemOf,
    submit: async values => {
      const codes = await console.accounts.secondStep.renewRecoveryCodes(actor, proofOf(values));
      return () => openRecoveryCodes(console, codes);
    },
  });
