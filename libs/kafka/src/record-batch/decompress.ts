import { gunzipSync } from 'node:zlib';

const NONE = 0;
const GZIP = 1;
const NAMES = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

/** A small batch may unpack to something huge (200 KB to 200 MiB have been seen); this is where we stop. */
const MAX_UNPACKED_BYTES = 128 * 1024 * 1024;

/**
 * The bytes of a batch's records, unpacked.
 * @throws Error that names the codec when it is not supported or the bytes do not unpack within 128 MiB
 */
export function decompress(compression: number, bytes: Buffer): Buffer {
  if (compression === NONE) return bytes;
  if (compression === GZIP) return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES });
  const codec = NAMES[compression] ?? `number ${compression}`;
  throw new Error(`compression codec ${codec} is not supported; set compression.type to none or gzip at the producer`);
}
