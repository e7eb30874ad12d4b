import type { Actor } from '../../src/accounts/actor.ts';
import { newId, timestampOf } from '../../src/store/values.ts';
import type { TestAccounts } from './accounts.ts';

/** Somebody of a database that a test makes up. */
export type Person = {
  name: string;
  isActive: boolean;
  isSuperuser: boolean;
  isAutomatic?: boolean;
  /** Whether the Python Langinfra holds a flow of this user. */
  hasFlow?: boolean;
};

/** Adds them, each with a folder and a session, past the rules. Gives the actor that each session is, by the name. */
export const populate = async (
  t: Pick<TestAccounts, 'store' | 'clock' | 'rows'>,
  people: readonly Person[],
): Promise<Map<string, Actor & { kind: 'session' }>> => {
  const now = timestampOf(t.clock());
  const actors = new Map<string, Actor & { kind: 'session' }>();
  await t.store.write(async tx => {
    for (const { name: username, isActive, isSuperuser, isAutomatic = false } of people) {
      const [id, sessionId] = [newId(), newId()];
      const row = { id, username, isActive, isSuperuser, isAutomatic, password: 'sealed', passwordCost: 12 };
      await tx.users.insert({ ...row, now });
      await tx.folders.ensureDefault(id);
      const ending = {
        expiresAt: null,
        passwordAt: now,
        byCode: false,
        refresh: null,
        address: null,
        tty: null,
        seenAt: null,
      };
      await tx.sessions.insert({ id: sessionId, userId: id, door: 'local', createdAt: now, ...ending });
      actors.set(username, { kind: 'session', sessionId, userId: id });
    }
  });
  await t.rows('create table flow (id varchar primary key, user_id char(32) references user (id))');
  for (const { name, hasFlow } of people)
    if (hasFlow) await t.rows('insert into flow select username, id from user where username = ?', name);
  return actors;
};

/** Adds `prefix1` to `prefix<count>` by one statement, each with a folder and a session. */
export const populateMany = async (
  t: Pick<TestAccounts, 'rows'>,
  prefix: string,
  count: number,
  { isActive, isSuperuser = false }: { isActive: boolean; isSuperuser?: boolean },
): Promise<string[]> => {
  const time = '2026-01-01 00:00:00.000000';
  await t.rows(
    `with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ?)
     insert into user (id, username, username_fold, username_skeleton, password, is_active, is_superuser, create_at,
       updated_at)
     select lower(hex(randomblob(16))), ?2 || n, ?2 || n, ?2 || n, 'sealed', ?3, ?4, ?5, ?5 from numbers`,
    count,
    prefix,
    Number(isActive),
    Number(isSuperuser),
    time,
  );
  const added = `from user where username glob ?1 || '*'`;
  await t.rows(`insert into folder (id, name, user_id) select id, 'My Projects', id ${added}`, prefix);
  await t.rows(
    `insert into session (id, user_id, door, created_at) select id, id, 'http', ?2 ${added}`,
    prefix,
    time,
  );
  return (await t.rows<{ id: string }>(`select id ${added} order by id`, prefix)).map(({ id }) => id);
};
