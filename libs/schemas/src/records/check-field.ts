/** Longest text of a field, in bytes of UTF-8. */
export const MAX_FIELD_BYTES = 1_024;
/** Largest price, quantity: 2^31-1. */
export const MAX_COUNT = 2_147_483_647;
/** Largest timestamp: the last second of the year 9999, epoch s. */
export const MAX_TIMESTAMP_S = 253_402_300_799;

/** No character takes more than 3 bytes of UTF-8 per UTF-16 unit, so that most texts need no count. */
const SURELY_SHORT_CHARS = Math.floor(MAX_FIELD_BYTES / 3);

export const TEXT_RULE = 'a non-empty string of at most 1 KiB of UTF-8';
export const COUNT_RULE = 'a whole number from 1 to 2147483647';
export const TIMESTAMP_RULE = 'a whole number of seconds from 0 to 253402300799';

/**
 * Whether a field is a non-empty string of at most 1 KiB. A lone surrogate (JSON can spell one, `"\ud800"`) is refused:
 * it has no UTF-8, and two different ones would become the same record key, hence the same row.
 */
export function isText(field: unknown): field is string {
  if (typeof field !== 'string' || field.length === 0 || field.length > MAX_FIELD_BYTES) return false;
  return (field.length <= SURELY_SHORT_CHARS || Buffer.byteLength(field) <= MAX_FIELD_BYTES) && field.isWellFormed();
}

/** Whether a field is a whole number from 1 to 2^31-1. */
export function isCount(field: unknown): field is number {
  return isWholeFrom(1, field, MAX_COUNT);
}

/** Whether a field is a whole number of seconds from 1970 to the end of the year 9999. */
export function isTimestamp(field: unknown): field is number {
  return isWholeFrom(0, field, MAX_TIMESTAMP_S);
}

/** Whether a field is a whole number in a range. `-0` counts as 0. */
export function isWholeFrom(least: number, field: unknown, most: number): field is number {
  return typeof field === 'number' && field >= least && field <= most && Number.isInteger(field);
}

/** Whether a field is a whole number from `least` to 2^53-1: a sum or a count. */
export function isTotal(least: number, field: unknown): field is number {
  return isWholeFrom(least, field, Number.MAX_SAFE_INTEGER);
}

/** What `isTotal(least, …)` asks for, in words. */
export function totalRule(least: number): string {
  return `a whole number from ${least} to 2^53-1`;
}
