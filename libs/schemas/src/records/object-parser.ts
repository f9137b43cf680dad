import { type FieldKind, PlainObjectReader } from '../json/plain-object-reader.ts';
import { bufferOf, inPlace, isInPlace, type RecordValue } from '../json/value-in-place.ts';
import { readJsonObject } from './read-json-object.ts';
import type { Parsed } from './record-fault.ts';

/** Reads a record's value. Never throws. */
export interface ObjectParser<T> {
  (value: RecordValue): Parsed<T>;
  /** That it takes values in place, and not only as a `Buffer`: who has both had better give it those. */
  readonly readsInPlace: true;
}

/**
 * A parser of values that are one JSON object each. The plain form is read at once, any other by the general way, with the
 * same answer.
 * @param fields those that are read, with what they mostly hold, in the order in which they mostly come; others are ignored
 * @param check makes a value of the fields, in this order, undefined for one that is missing; must not keep the array
 */
export function objectParser<T>(
  fields: Readonly<Record<string, FieldKind>>,
  check: (values: readonly unknown[]) => Parsed<T>,
): ObjectParser<T> {
  const reader = new PlainObjectReader(fields);
  const parse = (value: RecordValue): Parsed<T> => {
    const plain = value === null ? undefined : reader.read(isInPlace(value) ? value : inPlace(value));
    if (plain !== undefined) return check(plain);
    const read = readJsonObject(value === null ? null : bufferOf(value));
    return read.ok ? check(reader.fields.map((field) => read.value[field])) : read;
  };
  return Object.assign(parse, { readsInPlace: true as const });
}
