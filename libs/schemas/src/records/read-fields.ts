import type { PlainObjectReader } from '../json/plain-object-reader.ts';
import { readJsonObject } from './read-json-object.ts';
import type { Parsed } from './record-fault.ts';

/**
 * The fields of a record's value, one JSON object, in the reader's order; undefined for one that is missing. The plain form
 * is read at once, any other by the general way, with the same answer.
 */
export function readFields(reader: PlainObjectReader, value: Buffer | null): Parsed<readonly unknown[]> {
  const plain = value === null ? undefined : reader.read(value);
  if (plain !== undefined) return { ok: true, value: plain };
  const read = readJsonObject(value);
  return read.ok ? { ok: true, value: reader.fields.map((field) => read.value[field]) } : read;
}
