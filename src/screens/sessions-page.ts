import { doorName, lastSeen, sessionPlace } from '../accounts/session-words.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { wordsOf } from '../refusal.ts';
import type { OpenSession } from '../store/session-lists.ts';
import { touches } from '../store/touched.ts';
import { ago, grouped, named, printable } from '../text.ts';
import { option, recordsCommand } from './as-command.ts';
import { openConfirm, type Question } from './confirm.tsx';
import type { Console } from './console.ts';
import { frameLines, onRoomChange } from './frame.tsx';
import { openHelp } from './help.tsx';
import { sessionsKeys } from './keymap-records.ts';
import type { Layer } from './layer.ts';
import { listMoves } from './list-moves.ts';
import type { Navigation } from './navigation.ts';
import { derived } from './observable.ts';
import { createPace } from './pace.ts';
import { createRowList, type RowList, type RowsWhere } from './row-list.ts';
import { runByKeys, screenActions } from './run-by-keys.ts';
import { type Spoken, sentencesOf, spokenName, type Thing } from './spoken.ts';

type Command = Pick<Question, 'command' | 'instead'>;

export type SessionList = RowList<OpenSession, object>;
export type SessionsPage = Omit<Layer, 'view'> & { readonly list: SessionList };

/** Lines of the screen that are no sessions: the frame and the heads of the columns. */
const otherLines = (console: Console): number => frameLines(console) + 1;

/** Who is signed in, and ending that. `leave` goes back to where it was opened. */
export const createSessionsPage = (
  console: Console,
  go: Navigation,
  { actor, user }: SignedIn,
  leave: () => void,
): SessionsPage => {
  const { sessions } = console.accounts;
  const height = (): number => Math.max(1, console.size.get().rows - otherLines(console));
  const list: SessionList = createRowList<OpenSession, object>({
    console,
    keyOf: ({ id }) => id,
    query: {},
    height: height(),
    read: async (_, where, limit, signal) => {
      const place = placeOf(where);
      const read = await sessions.page(actor, {}, { ...place, limit }, signal);
      return 'after' in place ? read.reverse() : read;
    },
  });
  let ending: Promise<void> | undefined;
  const end = (work: () => Promise<string>): void => {
    const turn = console
      .attempt(async () => console.say({ kind: 'done', text: await work() }))
      .finally(() => {
        if (ending === turn) ending = undefined;
      });
    ending = turn;
  };
  const ask = (
    title: string,
    lines: readonly string[],
    command: Command,
    work: () => Promise<string>,
  ): void =>
    openConfirm(console, {
      title,
      lines,
      yes: 'End',
      ...command,
      confirmed: () => end(work),
    });
  /** A command has no session of its own to leave out. */
  const commandOf = (words: readonly string[], endsOwn = false): Command =>
    endsOwn
      ? { command: undefined, instead: 'A command would end your own session, too' }
      : { command: recordsCommand(console, ['sessions', 'end', ...words]) };
  const commandFor = (action: keyof typeof sessionsKeys): Command => {
    const session = list.cursor();
    if (action === 'end' && session) return commandOf([session.id]);
    if (action === 'endOf' && session)
      return commandOf(option('user', session.username), session.userId === user.id);
    return action === 'endAll' ? commandOf(['--all'], true) : { command: undefined };
  };
  const withSession = (work: (session: OpenSession) => void) => (): void => {
    const session = list.cursor();
    if (session) work(session);
  };

  const everywhere = screenActions(console, () => openHelp(console, page));
  const keys = runByKeys(
    console,
    sessionsKeys,
    {
      ...everywhere.actions,
      ...listMoves(list, () => list.state.get().list.height),
      end: withSession(session =>
        ask('End Session', [sentenceOf(session), '', signInAgain], commandFor('end'), async () => {
          await sessions.endOne(actor, session.id);
          return `The session of ${named(session.username)} was ended`;
        }),
      ),
      endOf: withSession(({ userId, username }) => {
        const command = commandFor('endOf');
        void console.attempt(async () => {
          const count = await sessions.countOthers(actor, { userId });
          if (count === 0)
            return console.say({ kind: 'refused', text: `${named(username)} has no session but your own` });
          return ask('End All Sessions of a User', questionOf(username, count), command, async () => {
            const { length } = await sessions.endOf(actor, userId);
            return endedSentence(named(username), length);
          });
        });
      }),
      endAll: () =>
        void console.attempt(async () => {
          const count = await sessions.countOthers(actor);
          if (count === 0) return console.say({ kind: 'refused', text: 'There is no session but your own' });
          return ask('End All Sessions', questionOfAll(count), commandFor('endAll'), async () => {
            const { length } = await sessions.endOthers(actor);
            return length === 1 ? '1 session was ended' : `${grouped(length)} sessions were ended`;
          });
        }),
      menu: go.menu,
      refresh: () => void list.refresh(),
      back: leave,
    },
    action => {
      if (action !== 'end' && action !== 'endOf') return everywhere.whyNot(action);
      const session = list.cursor();
      if (!session) return 'There is no session here';
      const reason = action === 'end' ? sessions.whyNotEnd(actor, session) : undefined;
      return reason && wordsOf(reason);
    },
    action =>
      action === 'refresh' ? recordsCommand(console, ['sessions', 'list']) : commandFor(action).command,
  );
  const pace = createPace(list.refresh);
  const unsubscribe = [
    onRoomChange(console, () => list.resize(height())),
    console.accounts.onChange(change => touches(change, 'session', 'user') && pace.hear()),
  ];
  const page: SessionsPage = {
    ...keys,
    instead: action => commandFor(action as keyof typeof sessionsKeys).instead,
    covers: true,
    list,
    settling: () => pace.settling() ?? list.settling() ?? ending,
    seen: pace.seen,
    spoken: derived([list.state], () => sessionsSpoken(console, list)),
    close: () => {
      for (const stop of unsubscribe) stop();
      pace.close();
      list.close();
    },
  };
  return page;
};

const signInAgain = 'Whoever uses it has to sign in again.';

const sessionsIn = (count: number): string => (count === 1 ? '1 session' : `${grouped(count)} sessions`);

const questionOf = (username: string, count: number): string[] => [
  `${sessionsIn(count)} of ${named(username)}`,
  '',
  'All sessions of this user end, at every door, but the one you are in.',
];

const questionOfAll = (count: number): string[] => [
  sessionsIn(count),
  '',
  'All sessions of everybody end, at every door, but the one you are in.',
  signInAgain,
];

const endedSentence = (name: string, count: number): string => {
  if (count === 0) return `There was no other session of ${name}`;
  return count === 1
    ? `The session of ${name} was ended`
    : `${grouped(count)} sessions of ${name} were ended`;
};

/** A place of the list as the store has it: the list begins with the newest. */
const placeOf = (where: RowsWhere<OpenSession>) => {
  if (where === 'start') return {};
  if (where === 'end') return { after: { createdAt: '', id: '' } };
  if ('above' in where) return { after: where.above };
  if ('below' in where) return { before: where.below };
  const { createdAt, id } = where.from;
  // No id stands between these two.
  return { before: { createdAt, id: `${id}~` } };
};

const sentenceOf = (session: OpenSession): string => {
  const place = sessionPlace(session);
  return `${printable(session.username)}, ${doorName(session)}${place && ` from ${place}`}`;
};

/** Whether it is the session of who looks at it. */
export const isOwn = (console: Console, { id }: OpenSession): boolean =>
  console.signedIn.get()?.session.id === id;

const sessionsSpoken = (console: Console, list: SessionList): Spoken => {
  const { list: held, isRead } = list.state.get();
  const now = console.accounts.clock();
  const thingOf = (session: OpenSession): Thing => ({
    id: session.id,
    name: spokenName(session.username),
    facts: [isOwn(console, session) ? 'your own session' : ''],
    more: [
      doorName(session),
      sessionPlace(session),
      `since ${ago(session.createdAt, now)}`,
      `last seen ${ago(lastSeen(session), now)}`,
    ],
  });
  const chosen = list.cursor();
  return {
    title: 'Sessions',
    news: { empty: isRead && !chosen ? 'Nobody is signed in' : '' },
    focus: chosen && thingOf(chosen),
    all: () => sentencesOf(held.rows.slice(held.top, held.top + held.height).map(thingOf), chosen?.id),
  };
};
