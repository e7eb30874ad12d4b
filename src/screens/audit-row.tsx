import { auditDetail, auditOrigin } from '../accounts/audit-detail.ts';
import { auditActor, auditPlace, auditSentence } from '../accounts/audit-words.ts';
import type { AuditRow } from '../store/audit.ts';
import { printable, second, wrapped } from '../text.ts';
import type { Console } from './console.ts';
import { Dialog, dialogRoom, dialogWidth, Lines } from './dialog.tsx';
import { textKeys } from './keymap.ts';
import type { Layer, Size } from './layer.ts';
import { derived } from './observable.ts';
import { runByKeys } from './run-by-keys.ts';
import { useSymbols } from './symbols.ts';

const labelWidth = 8;

/** Shows all that the audit keeps of one thing that happened. */
export const openAuditRow = (console: Console, row: AuditRow): void => {
  const title = `Row ${row.id}`;
  const layer: Layer = {
    ...runByKeys(console, textKeys, { back: () => console.close(layer) }),
    view: size => <Row row={row} title={title} size={size} />,
    spoken: derived([], () => ({
      title,
      about: fieldsOf(row).map(([label, value]) => `${label}: ${value}`),
    })),
  };
  console.open(layer);
};

const fieldsOf = (row: AuditRow, sign?: string): [label: string, value: string][] => {
  const detail = auditDetail(row.detail);
  const origin = auditOrigin(row.origin);
  const fields: [string, string][] = [
    ['Time', `${second(row.at)} UTC`],
    ['Who', auditActor(row, sign)],
    ['What', auditSentence(row, sign)],
    ['From', auditPlace(row, sign)],
    ['Before', partsOf(detail.before)],
    ['After', partsOf(detail.after)],
    ['Detail', detail.isReadable ? '' : row.detail],
    ['Origin', origin.isReadable ? partsOf(origin.parts) : row.origin],
    ['Key', row.keyId],
    ['Seal', row.mac],
  ];
  return fields.filter(([, value]) => value !== '').map(([label, value]) => [label, printable(value, sign)]);
};

/** `username: ada, isActive: no` as it is stored, for who wants to know exactly. */
const partsOf = (values: object = {}): string =>
  Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');

const Row = ({ row, title, size }: { row: AuditRow; title: string; size: Size }) => {
  const { unprintable, cut } = useSymbols();
  const width = dialogWidth(size, 'table') - labelWidth;
  const lines = fieldsOf(row, unprintable).flatMap(([label, value]) =>
    wrapped(value, width).map((line, at) => `${(at === 0 ? label : '').padEnd(labelWidth)}${line}`),
  );
  const room = dialogRoom(size);
  const shown = lines.length > room ? [...lines.slice(0, room - 1), cut] : lines;
  return (
    <Dialog size={size} kind="table" title={title} lines={shown.length}>
      <Lines lines={shown} />
    </Dialog>
  );
};
