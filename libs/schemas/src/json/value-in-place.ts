/**
 * A value where it stands, among bytes that hold others as well: to make a `Buffer` of its own for it costs about as much as
 * to read it.
 */
export interface ValueInPlace {
  readonly bytes: Buffer;
  /** Over the same bytes: reads several of them at once. */
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

/** A record's value as a parser takes it; null is a tombstone. */
export type RecordValue = Buffer | ValueInPlace | null;

/** `Buffer.isBuffer` would look at the prototypes of each value. */
export function isInPlace(value: Buffer | ValueInPlace): value is ValueInPlace {
  return 'view' in value;
}

/** A value alone as one in place. */
export function inPlace(value: Buffer): ValueInPlace {
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  return { bytes: value, view, start: 0, end: value.length };
}

/** A `Buffer` of a value alone. */
export function bufferOf(value: Buffer | ValueInPlace): Buffer {
  return isInPlace(value) ? value.bytes.subarray(value.start, value.end) : value;
}
