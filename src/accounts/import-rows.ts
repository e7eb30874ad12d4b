import { Refusal, type RefusalCode, refuseIf } from '../refusal.ts';
import { newId, timestampOf } from '../store/values.ts';
import { flagOf } from './flag-words.ts';
import { refusePassword } from './passwords.ts';
import { whyNotImage } from './profile-images.ts';
import { cleanUsername, whyNotUsername } from './usernames.ts';

/** The columns that an import reads. */
export const importColumns = [
  'username',
  'password',
  'password_hash',
  'password_form',
  'is_active',
  'is_superuser',
  'must_change',
  'profile_image',
  'create_at',
  'last_login_at',
  'id',
] as const;
export type ImportColumn = (typeof importColumns)[number];

/** Columns of an export that an import passes over: it writes them itself. */
export const passedColumns: readonly string[] = ['updated_at', 'version', 'store_api_key'];

/** A row of a file as it was read, and which it is, counted as people count. */
export type ImportRow = {
  place: number;
  values: Partial<Record<ImportColumn, unknown>>;
  /** Why it is no row of users, whatever its values are. */
  wrong?: Refusal;
};

/** A row whose values are good. The times are ISO 8601 with microseconds, UTC. */
export type CheckedRow = {
  place: number;
  id: string;
  /** Whether the file says the id. */
  ownId: boolean;
  username: string;
  password: string | undefined;
  /** As it will be sealed: `raw:` before one that was made of what was typed. */
  hash: string | undefined;
  isActive: boolean;
  isSuperuser: boolean;
  mustChangePassword: boolean;
  profileImage: string | null;
  createdAt: string;
  lastLoginAt: string | null;
};

/** bcrypt's 22 characters of salt and 31 of hash. More than 15 would keep everybody's sign-ins waiting. */
const bcryptHash = /^\$2[aby]\$(?:0[4-9]|1[0-5])\$[./A-Za-z0-9]{53}$/;

/** What a row means. Throws the refusal that says what is wrong with it. */
export const checkRow = async (
  { place, values, wrong }: ImportRow,
  usual: { isActive: boolean; now: string; passwordMinLength: number },
): Promise<CheckedRow> => {
  if (wrong) throw wrong;
  const username = cleanUsername(textOf(values, 'username') ?? '');
  refuseIf(whyNotUsername(username));
  const password = textOf(values, 'password');
  const hash = textOf(values, 'password_hash');
  if (password !== undefined && hash !== undefined) throw new Refusal('password_and_hash');
  if (password !== undefined) await refusePassword(password, username, usual.passwordMinLength);
  const profileImage = textOf(values, 'profile_image') ?? null;
  if (profileImage !== null) refuseIf(whyNotImage(profileImage));
  const id = idOf(values);
  return {
    place,
    id: id ?? newId(),
    ownId: id !== undefined,
    username,
    password,
    hash: hash === undefined ? undefined : storedForm(hash, textOf(values, 'password_form')),
    isActive: flag(values, 'is_active') ?? usual.isActive,
    isSuperuser: flag(values, 'is_superuser') ?? false,
    mustChangePassword: flag(values, 'must_change') ?? false,
    profileImage,
    createdAt: time(values, 'create_at') ?? usual.now,
    lastLoginAt: time(values, 'last_login_at') ?? null,
  };
};

type Values = ImportRow['values'];

/** Empty is absent, as a CSV file cannot tell them apart. */
const textOf = (values: Values, column: ImportColumn): string | undefined => {
  const value = values[column];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw new Refusal('not_text', { column });
  return value;
};

/**
 * A hash from elsewhere was made of what was typed; one of ours of its NFKC, and an export says so. `$2y$` is what PHP
 * calls `$2b$`; the bcrypt package does not know the name.
 */
const storedForm = (hash: string, form = 'raw'): string => {
  if (!bcryptHash.test(hash)) throw new Refusal('hash_unusable');
  if (form !== 'raw' && form !== 'nfkc') throw new Refusal('hash_form_unknown');
  return `${form === 'raw' ? 'raw:' : ''}${hash.replace(/^\$2y/, '$2b')}`;
};

const idOf = (values: Values): string | undefined => {
  const text = textOf(values, 'id');
  if (text === undefined) return undefined;
  if (!/^(?:[\da-f]{32}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i.test(text))
    throw new Refusal('id_no_uuid');
  return text.replaceAll('-', '').toLowerCase();
};

const flag = (values: Values, column: ImportColumn): boolean | undefined => {
  const value = values[column];
  if (value === undefined || value === null || value === '') return undefined;
  const known = flagOf(value);
  if (known === undefined) throw new Refusal('flag_unclear', { column });
  return known;
};

const timeShape = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)?$/;

/** A time without a zone is UTC. */
const time = (values: Values, column: ImportColumn): string | undefined => {
  const text = textOf(values, column);
  if (text === undefined) return undefined;
  const [, day, clock, fraction = '', zone = 'Z'] = timeShape.exec(text) ?? [];
  const moment = new Date(`${day}T${clock}${zone}`);
  // JavaScript takes the 31st of a month of 30 days for the first of the next one.
  const isReal =
    zone !== 'Z' || (!Number.isNaN(+moment) && moment.toISOString().startsWith(`${day}T${clock}`));
  if (Number.isNaN(+moment) || !isReal) throw new Refusal('time_unclear', { column });
  return timestampOf(moment).replace(/\d{6}Z$/, `${fraction.padEnd(6, '0')}Z`);
};

/** Whether a row is refused for nothing but that its user is here already. */
export const isThere = (code: RefusalCode): boolean => code === 'username_unavailable';
