import { Refusal } from '../refusal.ts';
import { statOf } from './private-files.ts';

/**
 * Refuses whoever is neither root nor the owner of these files and directories. Those that are not there count for nothing,
 * and where users have no numbers (Windows) everybody passes: whoever may not read them is refused later.
 * Throws not_owner and database_unreachable.
 */
export const refuseNotOwner = (paths: readonly string[]): void => {
  const me = process.geteuid?.();
  if (me === undefined || me === 0) return;
  for (const path of paths) {
    const found = statOf(path);
    if (found && found.uid !== me) throw new Refusal('not_owner', { path });
  }
};
