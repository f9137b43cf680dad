import { snappy } from './native-codecs.ts';
import { tooLarge } from './too-large.ts';

/** Java's frame around snappy: magic, two versions (32 bits each), then blocks after their length. */
const JAVA_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const JAVA_HEADER_BYTES = JAVA_MAGIC.length + 8;
const LENGTH_BYTES = 4;
const MAX_PREAMBLE_BYTES = 5;

/** How long a raw block says that it will be: a varint without a sign. */
function declaredBytes(block: Buffer): number {
  let size = 0;
  for (let at = 0; at < MAX_PREAMBLE_BYTES; at++) {
    const byte = block[at];
    if (byte === undefined) break;
    size += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return size;
  }
  throw new RangeError('snappy bytes that do not say how long they are');
}

function unpackBlock(block: Buffer, maxBytes: number): Buffer {
  if (declaredBytes(block) > maxBytes) tooLarge();
  return snappy().uncompressSync(block);
}

function unpackFrame(bytes: Buffer, maxBytes: number): Buffer {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for (let at = JAVA_HEADER_BYTES; at < bytes.length;) {
    if (at + LENGTH_BYTES > bytes.length) throw new RangeError('snappy bytes that end within a length');
    const start = at + LENGTH_BYTES;
    const end = start + bytes.readUInt32BE(at);
    if (end > bytes.length) throw new RangeError('snappy bytes that end within a block');
    const part = unpackBlock(bytes.subarray(start, end), maxBytes - sizeBytes);
    parts.push(part);
    sizeBytes += part.length;
    at = end;
  }
  return Buffer.concat(parts, sizeBytes);
}

/** Unpacks snappy as librdkafka writes it (one raw block) and as Java does (blocks in a frame). */
export function unpackSnappy(bytes: Buffer, maxBytes: number): Buffer {
  const isFramed = bytes.length >= JAVA_HEADER_BYTES && bytes.subarray(0, JAVA_MAGIC.length).equals(JAVA_MAGIC);
  return isFramed ? unpackFrame(bytes, maxBytes) : unpackBlock(bytes, maxBytes);
}
