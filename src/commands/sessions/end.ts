import type { Argv } from 'yargs';
import { sessionJson } from '../../accounts/session-json.ts';
import { Refusal } from '../../refusal.ts';
import type { OpenSession } from '../../store/session-lists.ts';
import { grouped, printable } from '../../text.ts';
import { outputOf } from '../output.ts';
import { confirm } from '../users/confirm.ts';
import { type CommandWorld, type CommonFlags, canAsk, sayWhatChanged, withWorldOf } from '../with-world.ts';

type Flags = CommonFlags & {
  id?: string;
  user?: string;
  all: boolean;
  yes: boolean;
  dryRun: boolean;
  json: boolean;
};

/** Which sessions: one, all of a user, or all. */
type Which = { id: string } | { name: string } | 'all';

export const builder = (yargs: Argv) =>
  yargs
    .positional('id', { type: 'string', describe: 'the session, as sessions list shows it' })
    .option('user', { type: 'string', requiresArg: true, describe: 'instead: all sessions of this user' })
    .option('all', { type: 'boolean', default: false, describe: 'instead: all sessions of everybody' })
    .option('yes', {
      type: 'boolean',
      alias: 'y',
      default: false,
      describe: 'do not ask; for several sessions without a terminal it has to be said',
    })
    .option('dry-run', {
      type: 'boolean',
      default: false,
      describe: 'check everything and say what would happen, without doing it',
    })
    .example('$0 sessions end --all --yes', 'everybody signs in anew');

/** Ends sessions. Throws wrong_use, session_not_found, no_user_named and stopped. */
export const handler = (flags: Flags): Promise<void> => {
  const which = whichOf(flags);
  const { dryRun } = flags;
  const asks = !flags.yes && !dryRun && !isOne(which);
  if (asks && !canAsk(flags))
    throw wrong(
      'Without a terminal nobody can be asked: add --yes to go on, or --dry-run to see what would be done',
    );
  return withWorldOf(flags, { create: false, rehearsal: dryRun }, async world => {
    const { result, resultJson } = outputOf(flags);
    const { end, question } = await plan(world, which);
    if (asks) await confirm(question);
    const ended = await end();
    if (flags.json) resultJson({ sessions: ended.map(sessionJson), dry_run: dryRun });
    else result(`${dryRun ? 'Dry run: ' : ''}${endedSentence(ended)}`);
    sayWhatChanged(world, dryRun, flags);
  });
};

const plan = async (
  { accounts: { sessions, users }, operator }: CommandWorld,
  which: Which,
): Promise<{ question: string; end: () => Promise<OpenSession[]> }> => {
  if (which === 'all')
    return {
      question: questionOfAll(await sessions.countOthers(operator)),
      end: () => sessions.endOthers(operator),
    };
  if ('id' in which) return { question: '', end: async () => [await sessions.endOne(operator, which.id)] };
  const user = await users.findByName(operator, which.name);
  return {
    question: `End all sessions of ${printable(user.username)}? [y/N] `,
    end: () => sessions.endOf(operator, user.id),
  };
};

const questionOfAll = (count: number): string => {
  const all = count === 1 ? 'the one open session' : `all ${grouped(count)} sessions of everybody`;
  return `End ${all}? Who is signed in has to sign in again. [y/N] `;
};

const isOne = (which: Which): boolean => which !== 'all' && 'id' in which;

const endedSentence = (ended: readonly OpenSession[]): string => {
  const [first, ...others] = ended;
  if (!first) return 'There was no session to end';
  if (others.length === 0) return `The session of ${printable(first.username)} was ended`;
  return `${grouped(ended.length)} sessions were ended`;
};

/** Which sessions the flags mean. Throws wrong_use. */
const whichOf = ({ id, user, all }: Flags): Which => {
  if ([id !== undefined, user !== undefined, all].filter(Boolean).length !== 1)
    throw wrong('Say which: the id of a session, --user or --all');
  if (id !== undefined) return { id: id.replaceAll('-', '').toLowerCase() };
  return user === undefined ? 'all' : { name: user };
};

const wrong = (sentence: string): Refusal => new Refusal('wrong_use', { sentence });
