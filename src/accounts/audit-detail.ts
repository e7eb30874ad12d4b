type Parts = Record<string, unknown>;

/** What was before and is after, as far as it can be read. */
export type AuditDetail = { before?: Parts | undefined; after?: Parts | undefined; isReadable: boolean };
/** Where somebody came from, as far as it can be read. */
export type AuditOrigin = { parts: Record<string, string>; isReadable: boolean };

/** Reads the detail of a row. Whoever changed the database by hand may have put anything there: it throws nothing. */
export const auditDetail = (text: string): AuditDetail => {
  const { before, after, ...others } = partsIn(text) ?? { others: true };
  const isReadable = Object.keys(others).length === 0 && [before, after].every(isPartsOrNone);
  return isReadable
    ? { before: before as Parts | undefined, after: after as Parts | undefined, isReadable }
    : { isReadable };
};

/** Reads the origin of a row, and throws as little. */
export const auditOrigin = (text: string): AuditOrigin => {
  const parts = partsIn(text);
  const isReadable = parts !== undefined && Object.values(parts).every(part => typeof part === 'string');
  return { parts: isReadable ? (parts as Record<string, string>) : {}, isReadable };
};

const partsIn = (text: string): Parts | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isParts(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const isParts = (value: unknown): value is Parts =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isPartsOrNone = (value: unknown): boolean => value === undefined || isParts(value);
