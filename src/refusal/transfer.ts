import { counted, grouped } from '../text.ts';

/** The part of the table (refusal.ts) on users that come from a file. Those of one row stand behind its line and name. */
export const transferRefusals = {
  bad_file: {
    words: (d: { path: string; sentence: string; unit?: string; place?: number | undefined }) =>
      `${d.path}${d.place === undefined ? '' : `, ${d.unit ?? 'line'} ${d.place}`}: ${d.sentence}. Nothing was changed`,
    http: 400,
    exit: 2,
  },
  hashes_lost: {
    words: (d: { path: string; count: number; whose: string }) =>
      `${d.path} lacks the ${d.count === 1 ? 'password' : `${d.count} passwords`} of ${d.whose}: the secret key does not open ${d.count === 1 ? 'it' : 'them'}. All else is there. Look with: langinfra check`,
    http: 500,
    exit: 7,
  },
  rows_refused: {
    words: (d: { count: number; of: number }) =>
      `${grouped(d.count)} of ${counted(d.of, 'row')} ${d.count === 1 ? 'is' : 'are'} refused. Nothing was changed`,
    http: 409,
    exit: 5,
  },
  rows_exist: {
    words: (d: { count: number; of: number }) =>
      `${grouped(d.count)} of ${counted(d.of, 'user')} ${d.count === 1 ? 'exists' : 'exist'} already. Nothing was changed. To leave out who exists, add --skip-existing`,
    http: 409,
    exit: 3,
  },
  import_overtaken: {
    words: 'Others added some of these users meanwhile. Nothing was changed; start again',
    http: 409,
    exit: 5,
  },
  row_no_json: { words: 'It is no JSON', http: 422, exit: 5 },
  row_no_object: { words: 'It is no object', http: 422, exit: 5 },
  row_uneven: {
    words: (d: { fields: number; columns: number }) =>
      `It has ${counted(d.fields, 'field')}, and the header has ${grouped(d.columns)}`,
    http: 422,
    exit: 5,
  },
  key_unknown: {
    words: (d: { key: string }) => `The key ${d.key || 'without a name'} is unknown`,
    http: 422,
    exit: 5,
  },
  key_twice: {
    words: (d: { key: string }) => `The key ${d.key || 'without a name'} is there twice`,
    http: 422,
    exit: 5,
  },
  name_twice: {
    words: (d: { unit: string; place: number }) => `The same username is in ${d.unit} ${d.place}`,
    http: 409,
    exit: 5,
  },
  id_twice: {
    words: (d: { unit: string; place: number }) => `The same id is in ${d.unit} ${d.place}`,
    http: 409,
    exit: 5,
  },
  id_taken: { words: 'Another user has this id', http: 409, exit: 5 },
  id_no_uuid: { words: 'The id is no UUID', http: 422, exit: 5 },
  hash_unusable: {
    words: 'The password hash is no bcrypt hash ($2a$, $2b$ or $2y$) of cost 4 to 15',
    http: 422,
    exit: 5,
  },
  hash_form_unknown: { words: 'password_form is neither nfkc nor raw', http: 422, exit: 5 },
  password_and_hash: { words: 'Give a password or its hash, not both', http: 422, exit: 5 },
  flag_unclear: {
    words: (d: { column: string }) => `${d.column} is neither true nor false`,
    http: 422,
    exit: 5,
  },
  time_unclear: {
    words: (d: { column: string }) => `${d.column} is no time like 2026-01-31T12:00:00Z`,
    http: 422,
    exit: 5,
  },
  not_text: { words: (d: { column: string }) => `${d.column} is no text`, http: 422, exit: 5 },
} as const;
