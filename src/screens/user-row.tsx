import { Text } from 'ink';
import { memo } from 'react';
import type { User } from '../store/users.ts';
import { fit, printable } from '../text.ts';
import { foundIn } from './found-in.ts';
import { useSymbols } from './symbols.ts';
import { theme } from './theme.ts';
import { cellOf, type Flag, flagText, gap, markerOf, type TablePlan } from './user-table.tsx';

export type RowProps = {
  user: User;
  plan: TablePlan;
  /** The chosen cell, where this is the row under the cursor. */
  chosen: Flag | undefined;
  isMarked: boolean;
  /** What is to be known beside the name. No part of it: it has the accent, for a name could say the same. */
  remark: string;
  /** What was searched in the names. */
  search: string;
};

/**
 * One user as one padded line: a box for each cell would cost half again as much per key. The chosen row is inverse,
 * the chosen flag in it is not, so that both show without colour.
 */
export const UserRow = memo(({ user, plan, chosen, isMarked, remark, search }: RowProps) => {
  const cells = plan.others.map(column => ({ column, text: gap + cellOf(column, user) }));
  const beside = remark && ` ${remark}`;
  const name = (
    <Name username={user.username} search={search} remark={beside} width={plan.name.width - beside.length} />
  );
  const marker = <Marker isChosen={chosen !== undefined} isMarked={isMarked} />;
  const at = cells.findIndex(({ column }) => column.flag === chosen);
  const flag = cells[at];
  if (!chosen || !flag)
    return (
      <Text wrap="truncate">
        {marker}
        {name}
        {joined(cells)}
      </Text>
    );
  const from = flag.text.indexOf('[');
  return (
    <Text wrap="truncate">
      <Text inverse>
        {marker}
        {name}
        {joined(cells.slice(0, at)) + flag.text.slice(0, from)}
      </Text>
      <Text bold color={theme.accent}>
        {flag.text.slice(from, from + flagWidth)}
      </Text>
      <Text inverse>{flag.text.slice(from + flagWidth) + joined(cells.slice(at + 1))}</Text>
    </Text>
  );
});

const Marker = ({ isChosen, isMarked }: { isChosen: boolean; isMarked: boolean }) => {
  const marker = markerOf(isChosen, isMarked, useSymbols());
  return isMarked ? (
    <Text bold color={theme.accent}>
      {marker}
    </Text>
  ) : (
    marker
  );
};

type NameProps = { username: string; search: string; remark: string; width: number };

const Name = ({ username, search, remark, width }: NameProps) => {
  const { cut, unprintable } = useSymbols();
  const shown = printable(username, unprintable);
  const name = fit(shown, width, cut);
  const kept = name.trimEnd();
  const padding = name.slice(kept.length);
  const uncut = name.startsWith(shown) ? shown.length : kept.length - 1;
  const [from = 0, to = 0] = foundIn(shown, search)?.map(at => Math.min(at, uncut)) ?? [];
  if (from === to && remark === '') return name;
  return (
    <>
      {kept.slice(0, from)}
      {from < to && (
        <Text bold underline>
          {kept.slice(from, to)}
        </Text>
      )}
      {kept.slice(to)}
      {remark && <Text color={theme.accent}>{remark}</Text>}
      {padding}
    </>
  );
};

const flagWidth = flagText(true).length;
const joined = (cells: readonly { text: string }[]): string => cells.map(({ text }) => text).join('');
