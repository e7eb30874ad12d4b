import { Box } from 'ink';
import type { Enrolment } from '../accounts/second-step.ts';
import { wrapped } from '../text.ts';
import { automaticBanner, recoveryBanner } from './banner.ts';
import { copyToClipboard } from './clipboard.ts';
import type { Console } from './console.ts';
import { Lines } from './dialog.tsx';
import { createForm, type Form } from './form.ts';
import { formSpoken } from './form-spoken.ts';
import { FormView } from './form-view.tsx';
import { Heading, KeyHints, MessageLine } from './frame.tsx';
import { enrolmentKeys } from './keymap-codes.ts';
import type { Layer, Size } from './layer.ts';
import { derived, useObservable } from './observable.ts';
import { type QrCode, QrCodeView, qrBytes, qrCodeOf, qrSize } from './qr-code.tsx';
import { openRecoveryCodes } from './recovery-codes.tsx';
import { useSymbols } from './symbols.ts';

const title = 'Set Up One-Time Codes';
/** Between the code and what stands beside it. */
const gap = 2;
/** The least that what stands beside the code needs. */
const besideWidth = 33;
/** The heading and the keys. */
const frameRows = 2;

/** A secret as a person types it: four letters at a time. */
const inGroups = (secret: string): string[] => secret.match(/.{1,4}/g) ?? [];

/** Shows the secret as a QR code and in letters, and takes the first code: then it counts. */
export const openEnrolment = async (console: Console, enrolment: Enrolment): Promise<void> => {
  const { secret, uri, confirm } = enrolment;
  const code = await qrCodeOf(uri(qrBytes));
  const close = (): void => console.close(layer);
  const form = createForm(console, {
    title,
    items: [
      { kind: 'text', name: 'code', label: 'Code', isForOnce: true },
      { kind: 'button', name: 'save', label: 'Confirm' },
      { kind: 'button', name: 'cancel', label: 'Cancel' },
    ],
    busyText: 'Checking...',
    submitsFromLast: true,
    keymap: enrolmentKeys,
    itemOf: refusal => (refusal === 'one_time_code_wrong' ? 'code' : undefined),
    cancel: close,
    assist: () => ({
      typed: () => {},
      actions: { copySecret: () => copyToClipboard(console, secret, 'The secret') },
      stop: () => {},
    }),
    submit: async values => {
      const codes = await confirm(values.text('code'));
      close();
      openRecoveryCodes(console, codes);
    },
  });
  const spoken = formSpoken(form);
  const layer: Layer = {
    keymap: form.keymap,
    covers: true,
    press: form.press,
    paste: form.paste,
    close: form.close,
    view: size => <EnrolmentView console={console} size={size} code={code} secret={secret} form={form} />,
    spoken: derived([spoken], () => ({
      ...spoken.get(),
      about: [
        'Give this secret to an authenticator app, then type the code that it shows.',
        `Secret: ${inGroups(secret).join(' ')}`,
        'As an address for the app:',
      ],
      toCopy: uri(),
    })),
  };
  console.open(layer);
};

type EnrolmentProps = { console: Console; size: Size; code: QrCode; secret: string; form: Form };

const EnrolmentView = ({ console, size, code, secret, form }: EnrolmentProps) => {
  useObservable(console.recoveries);
  const { blocks } = useSymbols();
  // Beside the code: above it the code would have no room.
  const told = [...automaticBanner(console), ...recoveryBanner(console)];
  const needed = qrSize(code, blocks === '');
  const room = { columns: size.columns - gap - besideWidth, rows: size.rows - frameRows };
  const hasRoom = needed.columns <= room.columns && needed.rows <= room.rows;
  const width = Math.min(60, size.columns - (hasRoom ? needed.columns : 0) - gap);
  const groups = inGroups(secret);
  const half = Math.ceil(groups.length / 2);
  const least = `${needed.columns + gap + besideWidth}x${needed.rows + frameRows}`;
  const what = hasRoom
    ? 'Scan this with an authenticator app, or type its secret there:'
    : `Type this secret into an authenticator app. A terminal of ${least} shows it as a QR code.`;
  return (
    <Box flexDirection="column" width={size.columns} height={size.rows}>
      <Heading console={console} width={size.columns} title={title} />
      <Box flexGrow={1}>
        {hasRoom && (
          <Box flexDirection="column" flexShrink={0} marginRight={gap} width={needed.columns}>
            <QrCodeView code={code} />
          </Box>
        )}
        <Box flexDirection="column" flexGrow={1} paddingLeft={hasRoom ? 0 : gap}>
          <Box flexDirection="column" flexGrow={1}>
            <Lines
              lines={[
                '',
                ...told.flatMap(text => [...wrapped(text, width), '']),
                ...wrapped(what, width),
                '',
                `  ${groups.slice(0, half).join(' ')}`,
                `  ${groups.slice(half).join(' ')}`,
                '',
                ...wrapped('Then type the code that the app shows:', width),
                '',
              ]}
            />
            <FormView form={form} width={width} />
          </Box>
          <MessageLine console={console} width={width} />
        </Box>
      </Box>
      <KeyHints keymap={form.keymap} width={size.columns} />
    </Box>
  );
};
