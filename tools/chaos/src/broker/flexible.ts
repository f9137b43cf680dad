/** Reads the types of Kafka's flexible versions (KIP-482), in which lengths are varints and structures end in tags. */
export interface FlexibleReader {
  int16(): number;
  int32(): number;
  int64(): number;
  text(): string;
  /** Reads so many items as the array says. */
  list<T>(readItem: () => T): T[];
  /** Skips the tagged fields at the end of a structure. */
  tags(): void;
}

export function flexibleReader(bytes: Buffer): FlexibleReader {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes.readUInt8(at++);
      value |= (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return value;
    }
  };
  const skip = (sizeBytes: number) => (at += sizeBytes) - sizeBytes;
  const reader: FlexibleReader = {
    int16: () => bytes.readInt16BE(skip(2)),
    int32: () => bytes.readInt32BE(skip(4)),
    int64: () => Number(bytes.readBigInt64BE(skip(8))),
    text() {
      const sizeBytes = varint() - 1;
      return bytes.toString('utf8', skip(sizeBytes), at);
    },
    list: (readItem) => Array.from({ length: Math.max(0, varint() - 1) }, readItem),
    tags() {
      for (let left = varint(); left > 0; left--) {
        varint();
        const sizeBytes = varint();
        skip(sizeBytes);
      }
    },
  };
  return reader;
}

/** A list of texts, none longer than 126 bytes and no more of them than 126: a length is one byte then. */
export function flexibleTexts(texts: readonly string[]): Buffer {
  const items = texts.map((each) => {
    const bytes = Buffer.from(each);
    return Buffer.concat([Buffer.from([bytes.length + 1]), bytes]);
  });
  return Buffer.concat([Buffer.from([texts.length + 1]), ...items]);
}
