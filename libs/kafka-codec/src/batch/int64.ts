const HIGH_WORD = 0x1_0000_0000;

/** A signed 64-bit number; exact up to 2^53-1, as offsets and timestamps are. */
export function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * HIGH_WORD + bytes.readUInt32BE(at + 4);
}

/** @param value a whole number up to ±(2^53-1) */
export function writeInt64(bytes: Buffer, value: number, at: number): void {
  const high = Math.floor(value / HIGH_WORD);
  bytes.writeInt32BE(high, at);
  bytes.writeUInt32BE(value - high * HIGH_WORD, at + 4);
}
