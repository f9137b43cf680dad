import { lz4 } from './native-codecs.ts';
import { tooLarge } from './too-large.ts';

/** See "LZ4 Frame Format Description" 1.6. Numbers are little endian. */
const MAGIC = 0x184d2204;
const INDEPENDENT_FLAG = 0x20;
const BLOCK_CHECKSUM_FLAG = 0x10;
const CONTENT_SIZE_FLAG = 0x08;
const DICTIONARY_FLAG = 0x01;
const STORED_FLAG = 0x8000_0000;
const WORD_BYTES = 4;
/** How far back a block may refer to those before it. */
const WINDOW_BYTES = 64 * 1024;
/** No block can become longer than so many times its length. */
const MAX_RATIO = 255;

interface FrameHeader {
  readonly bytes: number;
  readonly isIndependent: boolean;
  readonly hasBlockChecksums: boolean;
  readonly maxBlockBytes: number;
}

function readFrameHeader(bytes: Buffer): FrameHeader {
  if (bytes.length < 7 || bytes.readUInt32LE(0) !== MAGIC) throw new RangeError('no lz4 frame');
  const flags = bytes[4]!;
  const sizeCode = (bytes[5]! >> 4) & 0x07;
  if (flags >> 6 !== 1) throw new RangeError(`an lz4 frame of version ${flags >> 6}`);
  if (sizeCode < 4) throw new RangeError(`an lz4 frame with block size ${sizeCode}`);
  if ((flags & DICTIONARY_FLAG) !== 0) throw new RangeError('an lz4 frame that needs a dictionary');
  return {
    bytes: 7 + ((flags & CONTENT_SIZE_FLAG) !== 0 ? 8 : 0),
    isIndependent: (flags & INDEPENDENT_FLAG) !== 0,
    hasBlockChecksums: (flags & BLOCK_CHECKSUM_FLAG) !== 0,
    maxBlockBytes: 2 ** (8 + 2 * sizeCode),
  };
}

function readWord(bytes: Buffer, at: number): number {
  if (at + WORD_BYTES > bytes.length) throw new RangeError('an lz4 frame that ends too early');
  return bytes.readUInt32LE(at);
}

/** The end of what is unpacked so far, for a block that refers to it. */
function window(parts: readonly Buffer[]): Buffer {
  const needed: Buffer[] = [];
  let sizeBytes = 0;
  for (let i = parts.length - 1; i >= 0 && sizeBytes < WINDOW_BYTES; i--) {
    needed.unshift(parts[i]!);
    sizeBytes += parts[i]!.length;
  }
  return Buffer.concat(needed).subarray(-WINDOW_BYTES);
}

function unpackBlock(block: Buffer, maxBytes: number, dictionary: Buffer | undefined): Buffer {
  const limit = Math.min(maxBytes, block.length * MAX_RATIO);
  const sized = Buffer.allocUnsafe(WORD_BYTES + block.length);
  sized.writeUInt32LE(limit, 0);
  block.copy(sized, WORD_BYTES);
  return lz4().uncompressSync(sized, dictionary);
}

/**
 * Unpacks an lz4 frame block by block, so that it stops at the limit: a block says at most how long it will be. The
 * checksums of the frame are passed over: the batch has its own over all of it.
 */
export function unpackLz4(bytes: Buffer, maxBytes: number): Buffer {
  const header = readFrameHeader(bytes);
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  let at = header.bytes;
  for (let word = readWord(bytes, at); word !== 0; word = readWord(bytes, at)) {
    const start = at + WORD_BYTES;
    const end = start + (word % STORED_FLAG);
    if (end > bytes.length) throw new RangeError('an lz4 frame that ends within a block');
    const block = bytes.subarray(start, end);
    const dictionary = header.isIndependent || parts.length === 0 ? undefined : window(parts);
    const part = word >= STORED_FLAG ? block : unpackBlock(block, header.maxBlockBytes, dictionary);
    sizeBytes += part.length;
    if (sizeBytes > maxBytes) tooLarge();
    parts.push(part);
    at = end + (header.hasBlockChecksums ? WORD_BYTES : 0);
  }
  return Buffer.concat(parts, sizeBytes);
}
