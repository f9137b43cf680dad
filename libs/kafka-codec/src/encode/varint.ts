/** Largest sizes of a varint and a varlong. */
export const MAX_VARINT_BYTES = 5;
export const MAX_VARLONG_BYTES = 10;

/** Zigzag: small numbers of either sign become small numbers without one. */
const zigzag = (value: number): number => (value << 1) ^ (value >> 31);

const isInt32 = (value: number): boolean => value === (value | 0);

/** Bytes that `writeVarint` needs for a 32-bit number. */
export function varintBytes(value: number): number {
  const rest = zigzag(value) >>> 0;
  if (rest < 0x80) return 1;
  if (rest < 0x4000) return 2;
  if (rest < 0x20_0000) return 3;
  return rest < 0x1000_0000 ? 4 : 5;
}

/** Writes a 32-bit number as a zigzag varint; answers where it ends. */
export function writeVarint(bytes: Uint8Array, value: number, at: number): number {
  let rest = zigzag(value);
  while ((rest & ~0x7f) !== 0) {
    bytes[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  return at;
}

/** Zigzag beyond 32 bits, where only arithmetic is exact. */
const zigzagLong = (value: number): number => (value >= 0 ? value * 2 : -value * 2 - 1);

/** Bytes that `writeVarlong` needs for a whole number up to ±(2^52-1). */
export function varlongBytes(value: number): number {
  if (isInt32(value)) return varintBytes(value);
  let size = 1;
  for (let rest = zigzagLong(value); rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1;
  return size;
}

/** Writes a whole number up to ±(2^52-1) as a zigzag varlong; answers where it ends. */
export function writeVarlong(bytes: Uint8Array, value: number, at: number): number {
  if (isInt32(value)) return writeVarint(bytes, value, at);
  let rest = zigzagLong(value);
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes[at++] = (rest % 0x80) | 0x80;
  bytes[at++] = rest;
  return at;
}
