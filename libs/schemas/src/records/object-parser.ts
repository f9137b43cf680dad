import { type FieldKind, PlainObjectReader } from '../json/plain-object-reader.ts';
import { bufferOf, inPlace, isInPlace, type RecordValue } from '../json/value-in-place.ts';
import { type JsonObject, readJsonObject } from './read-json-object.ts';
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
 * Their names are printable ASCII that JSON does not escape, and do not begin with a digit: those would come first, whatever the order.
 * @param check makes a value of the fields, in this order, undefined for one that is missing; must not keep the array
 * @throws RangeError for another name
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
    return read.ok ? check(reader.fields.map((field) => ownValue(read.value, field))) : read;
  };
  return Object.assign(parse, { readsInPlace: true as const });
}

/** Not what all objects inherit: a field may be called `constructor`. */
function ownValue(object: JsonObject, field: string): unknown {
  return Object.hasOwn(object, field) ? object[field] : undefined;
}
