import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { COMPRESSIONS } from './codec-names.ts';
import type { CompressionName } from './codec-names.ts';
import { unpackLz4 } from './lz4-frame.ts';
import { unpackSnappy } from './snappy-blocks.ts';
import { TooLarge } from './too-large.ts';

/** A small batch may unpack to something huge (200 KB to 200 MiB have been seen); this is where we stop by default. */
export const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;

/** What zlib has ready at a time: few steps for a batch of usual size, little for a small one. */
const CHUNK_BYTES = 128 * 1024;

type Unpack = (bytes: Buffer, maxBytes: number) => Buffer;

const UNPACKERS: Readonly<Record<CompressionName, Unpack>> = {
  none: (bytes) => bytes,
  gzip: (bytes, maxBytes) => gunzipSync(bytes, { maxOutputLength: maxBytes, chunkSize: CHUNK_BYTES }),
  snappy: unpackSnappy,
  lz4: unpackLz4,
  zstd: (bytes, maxBytes) => zstdDecompressSync(bytes, { maxOutputLength: maxBytes, chunkSize: CHUNK_BYTES }),
};

const isTooLarge = (error: unknown): boolean =>
  error instanceof TooLarge || (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';

/**
 * The bytes of a batch's records, unpacked; never more than `maxBytes` of them in memory on the way.
 * @param compression codec number of the batch
 * @throws Error that names the codec when it is not known, or the bytes do not unpack within the limit
 */
export function unpack(compression: number, bytes: Buffer, maxBytes: number): Buffer {
  const name = COMPRESSIONS[compression];
  if (name === undefined) throw new Error(`compression codec ${compression} is not known, only 0 to 4`);
  try {
    return UNPACKERS[name](bytes, maxBytes);
  } catch (cause) {
    const reason = isTooLarge(cause) ? `more than ${maxBytes} bytes once unpacked` : String((cause as Error).message);
    throw new Error(`${name}: ${reason}`, { cause });
  }
}
