import {
  ColumnNode,
  DeleteQueryNode,
  InsertQueryNode,
  type KyselyPlugin,
  type OperationNode,
  RawNode,
  TableNode,
  UpdateQueryNode,
} from 'kysely';
import type { Change } from './revocations.ts';
import type { Schema } from './schema.ts';

/** What a row of `user` is not shown by, but for the last sign-in, of which a change tells apart from its tables. */
const unshown: readonly string[] = ['last_login_at', 'password', 'password_cost'];

/** A statement in words may name something else: a word that SQLite allows before the table, another schema, an index. */
const known: Readonly<Record<keyof Schema, true>> = {
  user: true,
  folder: true,
  apikey: true,
  session: true,
  throttle: true,
  ssh_key: true,
  meta: true,
  audit: true,
  recovery: true,
  recovery_witness: true,
  first_step: true,
  second_step: true,
  recovery_code: true,
};

const writing = /^\s*(?:insert\s+into|update|delete\s+from)\s+"?(\w+)/i;
const reading = /^\s*select\b/i;

/** Whether a change may have touched one of these tables. */
export const touches = ({ tables }: Pick<Change, 'tables'>, ...asked: readonly (keyof Schema)[]): boolean =>
  tables === undefined || asked.some(table => tables.has(table));

/** Notes which tables the statements of a transaction write: by the statements, so that no verb can forget to say it. */
export const createTouched = () => {
  const tables = new Set<string>();
  let isKnown = true;

  const add = (table: string | undefined): void => {
    if (table !== undefined && Object.hasOwn(known, table)) tables.add(table);
    else isKnown = false;
  };
  const note = (node: OperationNode): void => {
    if (InsertQueryNode.is(node)) add(nameOf(node.into));
    else if (DeleteQueryNode.is(node)) add(nameOf(node.from.froms[0]));
    else if (UpdateQueryNode.is(node) && isShown(node)) add(nameOf(node.table));
    else if (RawNode.is(node)) {
      const text = node.sqlFragments.join('?');
      if (!reading.test(text)) add(writing.exec(text)?.[1]);
    }
  };

  return {
    plugin: {
      transformQuery: ({ node }) => {
        note(node);
        return node;
      },
      transformResult: async ({ result }) => result,
    } satisfies KyselyPlugin,
    /** The tables; undefined where a statement may have written any of them. */
    tables: (): ReadonlySet<string> | undefined => (isKnown ? tables : undefined),
  };
};

const nameOf = (node: OperationNode | undefined): string | undefined =>
  node && TableNode.is(node) ? node.table.identifier.name : undefined;

const isShown = ({ table, updates = [] }: UpdateQueryNode): boolean =>
  nameOf(table) !== 'user' ||
  updates.some(({ column }) => !(ColumnNode.is(column) && unshown.includes(column.column.name)));
