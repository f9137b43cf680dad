import { readBytes, readVarint, skipBytes } from './byte-cursor.ts';
import type { ByteCursor } from './byte-cursor.ts';

const NONE: Readonly<Record<string, Buffer>> = Object.freeze({});
const EMPTY = Buffer.alloc(0);

/**
 * Passes over a record's headers, which shows that they can be read.
 * @returns where they begin; -1 where there are none
 */
export function skipHeaders(cursor: ByteCursor): number {
  const start = cursor.at;
  const count = readVarint(cursor);
  if (count < 0) throw new RangeError(`a record with ${count} headers`);
  for (let i = 0; i < count; i++) {
    if (skipBytes(cursor) < 0) throw new RangeError('a header without a name');
    skipBytes(cursor);
  }
  return count === 0 ? -1 : start;
}

/** The headers that `skipHeaders` passed over. Of a doubled name the last value counts; a value of null is an empty one. */
export function readHeaders(bytes: Buffer, start: number): Readonly<Record<string, Buffer>> {
  if (start < 0) return NONE;
  const cursor = { bytes, at: start };
  const count = readVarint(cursor);
  // Without a prototype, so that a header named __proto__ is a header like any other.
  const headers = Object.create(null) as Record<string, Buffer>;
  for (let i = 0; i < count; i++) {
    const name = readBytes(cursor) ?? EMPTY;
    headers[name.toString('utf8')] = readBytes(cursor) ?? EMPTY;
  }
  return headers;
}
