/** A place in a buffer, moved forward by each read. */
export interface ByteCursor {
  readonly bytes: Buffer;
  at: number;
}

/** A zigzag varint of up to 32 bits. */
export function readVarint(cursor: ByteCursor): number {
  const { bytes } = cursor;
  let byte = bytes[cursor.at++] ?? outOfBytes();
  let value = byte & 0x7f;
  for (let shift = 7; byte >= 0x80; shift += 7) {
    if (shift > 28) throw new RangeError('a number of more than five bytes');
    byte = bytes[cursor.at++] ?? outOfBytes();
    value |= (byte & 0x7f) << shift;
  }
  return (value >>> 1) ^ -(value & 1);
}

/** A zigzag varint of up to 64 bits; exact up to 2^53-1. */
export function readVarlong(cursor: ByteCursor): number {
  const { bytes } = cursor;
  let byte = bytes[cursor.at++] ?? outOfBytes();
  let value = byte & 0x7f;
  for (let scale = 0x80; byte >= 0x80; scale *= 0x80) {
    if (scale > 2 ** 63) throw new RangeError('a number of more than ten bytes');
    byte = bytes[cursor.at++] ?? outOfBytes();
    value += (byte & 0x7f) * scale;
  }
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

/** Passes over bytes after their length; answers the length, negative for null. */
export function skipBytes(cursor: ByteCursor): number {
  const length = readVarint(cursor);
  if (length < 0) return length;
  cursor.at += length;
  if (cursor.at > cursor.bytes.length) outOfBytes();
  return length;
}

/** Bytes after their length; null where the length is negative. A view, not a copy. */
export function readBytes(cursor: ByteCursor): Buffer | null {
  const length = skipBytes(cursor);
  return length < 0 ? null : cursor.bytes.subarray(cursor.at - length, cursor.at);
}

function outOfBytes(): never {
  throw new RangeError('the bytes end within a record');
}
